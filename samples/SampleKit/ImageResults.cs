using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Imaging;
using Diffusion.Sdk.Metrics;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;

namespace SampleKit;

/// <summary>What the trained network of an <see cref="ImageSample"/> can do: files, pictures and numbers.</summary>
internal sealed class ImageResults(ImageSet set, string folder, RunLog log, CancellationToken cancellationToken)
{
    private const int GridImages = 64;
    private const int FewSteps = 50;

    /// <param name="network">The network with its averaged weights.</param>
    /// <param name="noise">The noise it was trained on.</param>
    /// <param name="images">What it was trained on.</param>
    /// <param name="unseen">Images of the same kind that it was not trained on.</param>
    /// <param name="measured">How many generated images are measured; 0 for none.</param>
    public void Make(UNet2DModel network, DdpmScheduler noise, ImageData images, ImageData unseen, int measured)
    {
        using (var trained = new DdpmPipeline(network, noise))
        {
            trained.SavePretrained(In("pipeline"), halfPrecision: true);
        }
        log.Say($"{In("pipeline")}: the pipeline, as diffusers keeps one, in float16");

        // All that follows is of the file, not of what it was rounded from.
        using var pipeline = DdpmPipeline.FromPretrained(In("pipeline"));
        Samples drawn = Draw("DDPM", pipeline, GridImages, noise.NumTrainTimesteps, seed: 0);
        drawn.SaveGrid(In("generated.png"), title: "Generated");
        log.Say($"{In("generated.png")}: {GridImages} images, DDPM in {noise.NumTrainTimesteps} steps");
        images.Slice(..Math.Min(GridImages, images.Count)).ToSamples().SaveGrid(In("real.png"), title: "Real");
        if (measured > 0)
        {
            Measure(pipeline, unseen, measured);
        }
    }

    private void Measure(DdpmPipeline pipeline, ImageData unseen, int count)
    {
        using ImageClassifier classifier = set.Classifier(cancellationToken);
        double accuracy = classifier.Accuracy(set.LoadTest(), cancellationToken);
        log.Say($"The classifier by whose features images are compared is right about {accuracy:P1} of the test set.");
        using var few = pipeline.WithScheduler(DdimScheduler.FromConfig(pipeline.Scheduler.Config));
        int steps = Math.Min(FewSteps, few.Scheduler.NumTrainTimesteps);
        Samples made = Draw("DDIM", few, count, steps, seed: 1);
        log.Say($"DDIM in {steps} steps: {made.CompareWith(unseen, classifier, cancellationToken: cancellationToken)}");
    }

    private Samples Draw(string title, DdpmPipeline pipeline, int count, int steps, long seed) =>
        Bars.Generate($"draw, {title}", bar => pipeline.Generate(
            count, steps, seed, new GenerateOptions { Labels = ImageSet.EachInTurn(count) }, bar, cancellationToken));

    private string In(string name) => Path.Combine(folder, name);
}
