using Diffusion.Sdk.Metrics;

namespace GuidedDigits;

/// <summary>What was measured and drawn.</summary>
/// <param name="ClassifierAccuracy">The share of the test set that the classifier reads right.</param>
/// <param name="ByScale">For each guidance: what the classifier sees, and ten digits of each class in rows.</param>
/// <param name="Best">Other digits by the guidance of which most were read as asked for.</param>
/// <param name="Grid">What the classifier takes each of 64 images for that are drawn as <c>make demo</c> does.</param>
/// <param name="Sevens">Sevens from the same noise, a row for each guidance.</param>
/// <param name="SevensAsPredicted">The same with the noise as it was predicted.</param>
internal sealed record Outcome(
    double ClassifierAccuracy, IReadOnlyList<Guided> ByScale, Guided Best, IReadOnlyList<ImageClass> Grid,
    IReadOnlyList<PixelImage> Sevens, IReadOnlyList<PixelImage> SevensAsPredicted);

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
        int perClass = Math.Max(1, images / ImageSet.Classes);
        Guided[] byScale = [.. Scales.Select(scale => Draw(pipeline, classifier, real, scale, perClass, steps, seed: 0))];
        double best = byScale.MaxBy(guided => guided.Accuracy)!.Scale;
        return new Outcome(
            classifier.Accuracy(set.LoadTest()),
            byScale,
            // Anew, since the best of several is better than it will be again.
            Draw(pipeline, classifier, real, best, perClass, steps, seed: 1),
            classifier.Classify(ShippedPipeline.Draw(trained, 64, steps).ToData()),
            [.. Scales.SelectMany(scale => Sevens(pipeline, Columns, scale, steps, derived: true).ToImages())],
            [.. Scales.SelectMany(scale => Sevens(pipeline, Columns, scale, steps, derived: false).ToImages())]);
    }

    /// <summary>"Give me a 7."</summary>
    private static Samples Sevens(DdpmPipeline pipeline, int count, double scale, int steps, bool derived)
    {
        var options = new GenerateOptions { Labels = [7], GuidanceScale = scale, UseClippedModelOutput = derived };
        return pipeline.Generate(count, steps, seed: 7, options);
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
            .Add("grid of 64: classes that are read", [outcome.Grid.Select(read => read.Label).Distinct().Count()],
                least: ImageSet.Classes, format: "F0")
            .Add("grid of 64: mean confidence", [outcome.Grid.Average(read => read.Confidence)], least: 0.9)
            .Add($"best guidance, {outcome.Best.Scale:F1}: read as asked", [outcome.Best.Accuracy], least: 0.97, format: "P1")
            .Add($"best guidance, {outcome.Best.Scale:F1}: mean confidence", [outcome.Best.Confidence], format: "P1");
    }

    private static Guided Draw(
        DdpmPipeline pipeline, ImageClassifier classifier, ImageFeatures real, double scale, int perClass, int steps,
        long seed)
    {
        // A row for each class: 0, 0, ..., 1, 1, ..., 9.
        long[] labels = [.. Enumerable.Range(0, ImageSet.Classes).SelectMany(digit => Enumerable.Repeat((long)digit, perClass))];
        var options = ShippedPipeline.Guided with { Labels = labels, GuidanceScale = scale };
        Samples drawn = Bars.Generate($"draw, guidance {scale:F1}", bar => pipeline.Generate(
            labels.Length, steps, seed, options, bar));
        IReadOnlyList<ImageClass> read = classifier.Classify(drawn.ToData());
        return new Guided(
            scale, read.Zip(labels, (one, label) => one.Label == label ? 1.0 : 0).Average(),
            read.Average(one => one.Confidence),
            FeatureMetrics.FrechetDistance(classifier.Extract(drawn.ToData()).Vectors, real.Vectors),
            [.. drawn.ToImages().Where((_, i) => i % perClass < Columns)]);
    }
}
