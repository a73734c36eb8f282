using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;

namespace SampleKit;

/// <summary>How images are drawn where nothing else is asked for: by DDIM, as many of each class, guided.</summary>
public static class ShippedPipeline
{
    private const double Guidance = 2;

    /// <summary>
    /// For any guidance: the noise is derived again from the clipped x_0. In the first steps x_0 is the difference of
    /// large numbers divided by a small one, and guidance makes the network's error there so large that without this
    /// the way leads anywhere.
    /// </summary>
    public static GenerateOptions Guided { get; } = new() { UseClippedModelOutput = true };

    /// <param name="pipeline">A pipeline of images of ten classes.</param>
    /// <param name="count">How many.</param>
    /// <param name="steps">In how many steps of DDIM.</param>
    public static Samples Draw(DdpmPipeline pipeline, int count, int steps)
    {
        using DdpmPipeline few = pipeline.WithScheduler(DdimScheduler.FromConfig(pipeline.Scheduler.Config));
        var options = Guided with { Labels = ImageSet.EachInTurn(count), GuidanceScale = Guidance };
        return Bars.Generate("draw", bar => few.Generate(count, steps, seed: 0, options, bar));
    }
}
