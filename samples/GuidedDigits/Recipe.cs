using Diffusion.Sdk.Metrics;

namespace GuidedDigits;

/// <summary>What was measured and drawn.</summary>
/// <param name="ClassifierAccuracy">The share of the test set that the classifier reads right.</param>
/// <param name="ByScale">For each guidance: what the classifier sees, and ten digits of each class in rows.</param>
/// <param name="Sevens">Sevens from the same noise, a row for each guidance.</param>
internal sealed record Outcome(
    double ClassifierAccuracy, IReadOnlyList<Guided> ByScale, IReadOnlyList<PixelImage> Sevens)
{
    /// <summary>The guidance by which most digits are what was asked for.</summary>
    public Guided Best => ByScale.MaxBy(guided => guided.Accuracy)!;
}

/// <summary>Digits drawn by one guidance.</summary>
/// <param name="Scale">The guidance.</param>
/// <param name="Accuracy">The share that the classifier reads as asked.</param>
/// <param name="Confidence">The classifier's mean confidence.</param>
/// <param name="Distance">The Fréchet distance to real digits: too much guidance makes all alike.</param>
/// <param name="Grid">Ten digits of each class, a row for each class.</param>
internal sealed record Guided(
    double Scale, double Accuracy, double Confidence, MetricResult Distance, IReadOnlyList<PixelImage> Grid);

/// <summary>Ho and Salimans 2022 (arXiv:2207.12598), on digits.</summary>
internal static class Recipe
{
    private const int Steps = 50;
    private const int Columns = 10;

    /// <summary>0 is no class at all, 1 the class without guidance.</summary>
    public static IReadOnlyList<double> Scales { get; } = [0, 1, 1.5, 2, 3, 4, 6];

    public static Outcome Run(DdpmPipeline trained, ImageSet set, int images, int steps = Steps)
    {
        using DdpmPipeline pipeline = trained.WithScheduler(DdimScheduler.FromConfig(trained.Scheduler.Config));
        using ImageClassifier classifier = set.Classifier();
        ImageFeatures real = classifier.Extract(set.Load().Unseen);
        return new Outcome(
            classifier.Accuracy(set.LoadTest()),
            [.. Scales.Select(scale => Draw(pipeline, classifier, real, scale, Math.Max(1, images / ImageSet.Classes), steps))],
            [.. Scales.SelectMany(scale => pipeline.Generate(
                Columns, steps, seed: 7, new GenerateOptions { Labels = [7], GuidanceScale = scale }).ToImages())]);
    }

    public static Figures Figures(Outcome outcome)
    {
        var figures = new Figures("Digits as asked for, by the guidance");
        figures.Add("classifier, right about the test set", [outcome.ClassifierAccuracy], least: 0.99, format: "P2");
        foreach (Guided guided in outcome.ByScale)
        {
            figures.Add($"guidance {guided.Scale:F1}: read as asked", [guided.Accuracy], format: "P1")
                .Add($"guidance {guided.Scale:F1}: Fréchet distance (real against real {guided.Distance.Floor:F2})",
                    [guided.Distance.Value]);
        }
        return figures
            .Add($"best guidance, {outcome.Best.Scale:F1}: read as asked", [outcome.Best.Accuracy], least: 0.97, format: "P1")
            .Add($"best guidance, {outcome.Best.Scale:F1}: mean confidence", [outcome.Best.Confidence], format: "P1");
    }

    private static Guided Draw(
        DdpmPipeline pipeline, ImageClassifier classifier, ImageFeatures real, double scale, int perClass, int steps)
    {
        // A row for each class: 0, 0, ..., 1, 1, ..., 9.
        long[] labels = [.. Enumerable.Range(0, ImageSet.Classes).SelectMany(digit => Enumerable.Repeat((long)digit, perClass))];
        var options = new GenerateOptions { Labels = labels, GuidanceScale = scale };
        Samples drawn = Bars.Generate($"draw, guidance {scale:F1}", bar => pipeline.Generate(
            labels.Length, steps, seed: 0, options, bar));
        TrainingData data = drawn.ToData(labels);
        ImageFeatures features = classifier.Extract(data);
        PixelImage[] pictures = drawn.ToImages();
        return new Guided(
            scale, classifier.Accuracy(data), classifier.Classify(data).Average(read => read.Confidence),
            FeatureMetrics.FrechetDistance(features.Vectors, real.Vectors),
            [.. pictures.Where((_, i) => i % perClass < Columns)]);
    }
}
