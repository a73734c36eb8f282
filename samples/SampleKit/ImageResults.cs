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
        int shown = Math.Min(GridImages, images.Count);
        var real = new float[shown * images.ValuesPerSample];
        images.CopyBatch([.. Enumerable.Range(0, shown).Select(i => (long)i)], real);
        new Samples(real, [shown, .. images.SampleShape]).SaveGrid(In("real.png"), title: "Real");
        if (measured > 0)
        {
            Measure(pipeline, images, unseen, measured, cancellationToken);
        }
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
        TrainingData generated = TrainingData.FromValues(made.Values.Span, [.. images.SampleShape]);
        ImageReport report = ImageMetrics.Compare(generated, unseen, classifier, cancellationToken: cancellationToken);
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
