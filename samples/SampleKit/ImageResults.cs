using System.Numerics.Tensors;
using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Imaging;
using Diffusion.Sdk.Metrics;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;

namespace SampleKit;

/// <summary>What the trained network of an <see cref="ImageSample"/> can do: pictures, numbers and files.</summary>
internal sealed class ImageResults(DdpmScheduler noise, string folder, RunLog log)
{
    private const int GridImages = 64;
    private const int FewSteps = 50;
    private const int InvertedImages = 8;

    private static readonly int[] s_inversionSteps = [10, 25, 50, 100, 250];

    /// <param name="network">The network with its averaged weights.</param>
    /// <param name="images">What it was trained on.</param>
    /// <param name="unseen">Images of the same kind that it was not trained on.</param>
    /// <param name="measured">How many generated images are measured; 0 for none.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public void Make(
        UNet2DModel network, ImageData images, ImageData unseen, int measured, CancellationToken cancellationToken)
    {
        using var pipeline = new DdpmPipeline(network, noise);
        pipeline.SavePretrained(In("pipeline"));
        log.Say($"{In("pipeline")}: the pipeline, as diffusers keeps one");

        Samples drawn = Bars.Generate("draw, DDPM", bar => pipeline.Generate(
            GridImages, seed: 0, progress: bar, cancellationToken: cancellationToken));
        drawn.SaveGrid(In("generated.png"), title: "Generated");
        log.Say($"{In("generated.png")}: {GridImages} images, DDPM in {pipeline.Scheduler.NumTrainTimesteps} steps");
        First(images, GridImages).SaveGrid(In("real.png"), title: "Real");
        Invert(pipeline, First(unseen, InvertedImages), cancellationToken);
        if (measured > 0)
        {
            Measure(pipeline, images, unseen, measured, cancellationToken);
        }
    }

    // DDIM without clipping goes both ways; the more steps, the nearer it comes to where it began.
    private void Invert(DdpmPipeline trained, Samples images, CancellationToken cancellationToken)
    {
        DdpmSchedulerConfig config = noise.Config with { ClipSample = false };
        using DdpmPipeline pipeline = trained.WithScheduler(DdimScheduler.FromConfig(config));
        List<float> shown = [.. images.Values.Span];
        foreach (int steps in s_inversionSteps.Where(steps => steps <= noise.NumTrainTimesteps))
        {
            Samples found = pipeline.Invert(images, steps, cancellationToken: cancellationToken);
            Samples again = pipeline.Generate(
                images.Count, steps, options: new GenerateOptions { InitialNoise = found },
                cancellationToken: cancellationToken);
            double error = TensorPrimitives.Distance(images.Values.Span, again.Values.Span)
                / Math.Sqrt(images.Values.Length);
            log.Say($"Unseen images inverted and made again in {steps,3} steps are off by {error:F4} a pixel.");
            shown.AddRange(again.Values.Span);
        }
        int rows = shown.Count / images.Values.Length;
        new Samples([.. shown], [rows * images.Count, .. images.Shape.Skip(1)]).SaveGrid(
            In("inversion.png"), images.Count,
            $"Unseen, and made again in {string.Join(", ", s_inversionSteps)} steps");
    }

    private static Samples First(ImageData images, int count)
    {
        count = Math.Min(count, images.Count);
        var values = new float[count * images.ValuesPerSample];
        images.CopyBatch([.. Enumerable.Range(0, count).Select(i => (long)i)], values);
        return new Samples(values, [count, .. images.SampleShape]);
    }

    private void Measure(
        DdpmPipeline pipeline, ImageData images, ImageData unseen, int count, CancellationToken cancellationToken)
    {
        using ImageClassifier classifier = Classifier(images, cancellationToken);
        double accuracy = classifier.Accuracy(unseen, cancellationToken);
        log.Say($"The classifier by whose features images are compared is right about {accuracy:P1} of unseen ones.");
        using var few = pipeline.WithScheduler(DdimScheduler.FromConfig(pipeline.Scheduler.Config));
        int steps = Math.Min(FewSteps, noise.NumTrainTimesteps);
        Samples made = Bars.Generate("draw, DDIM", bar => few.Generate(
            count, steps, seed: 1, progress: bar, cancellationToken: cancellationToken));
        ImageReport report = made.CompareWith(unseen, classifier, cancellationToken: cancellationToken);
        log.Say($"DDIM in {steps} steps: {report}");
    }

    // Kept, since distances by two classifiers do not compare.
    private ImageClassifier Classifier(ImageData images, CancellationToken cancellationToken)
    {
        string path = In("classifier.safetensors");
        if (File.Exists(path))
        {
            return ImageClassifier.FromSafetensors(path);
        }
        ImageClassifier classifier = Bars.Classify(
            "train, classifier", bar => ImageClassifier.Train(images, null, bar, cancellationToken));
        classifier.Save(path);
        return classifier;
    }

    private string In(string name) => Path.Combine(folder, name);
}
