using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Schedulers;

/// <summary>DDIM's formula on tensors, the same down to the data and up to the noise. Shapes: N batch.</summary>
internal static class DdimUpdate
{
    /// <summary>The next sample and the predicted x_0.</summary>
    /// <param name="c">The step's numbers.</param>
    /// <param name="limit">How far x_0 may reach.</param>
    /// <param name="clipsOutput">Whether epsilon is derived again from the limited x_0.</param>
    /// <param name="modelOutput">The denoiser's output, [N, ...].</param>
    /// <param name="sample">x_t, [N, ...].</param>
    /// <param name="noise">Standard normal, [N, ...]; null for none.</param>
    public static SchedulerOutput Step(
        DdimCoefficients c, OriginalSampleLimit limit, bool clipsOutput,
        Tensor modelOutput, Tensor sample, Tensor? noise)
    {
        using var scope = NewDisposeScope();
        Tensor original = Combine(sample, c.Output.SampleToOriginal, modelOutput, c.Output.OutputToOriginal);
        limit.Apply(original);
        Tensor direction = clipsOutput
            ? Combine(sample, c.Implied.SampleToNoise, original, c.Implied.OutputToNoise)
            : Combine(sample, c.Output.SampleToNoise, modelOutput, c.Output.OutputToNoise);
        Tensor next = original.mul((Scalar)c.OriginalToNext).add_(direction, (Scalar)c.NoiseToNext);
        if (noise is not null)
        {
            next.add_(noise, (Scalar)c.Deviation);
        }
        return new SchedulerOutput(next.MoveToOuterDisposeScope(), original.MoveToOuterDisposeScope());
    }

    /// <summary>The step where x_0 is not limited: then all folds into one line in x_t and the output.</summary>
    public static StepLine LineOf(DdimCoefficients c, bool noisy) => new(
        c.OriginalToNext * c.Output.SampleToOriginal + c.NoiseToNext * c.Output.SampleToNoise,
        c.OriginalToNext * c.Output.OutputToOriginal + c.NoiseToNext * c.Output.OutputToNoise,
        noisy ? c.Deviation : 0);

    private static Tensor Combine(Tensor sample, double ofSample, Tensor other, double ofOther)
    {
        Tensor sum = other.mul((Scalar)ofOther);
        return ofSample == 0 ? sum : sum.add_(sample, (Scalar)ofSample);
    }
}
