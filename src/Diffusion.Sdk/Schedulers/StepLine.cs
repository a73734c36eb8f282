using Diffusion.Sdk.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Schedulers;

/// <summary>
/// A step that is one line: the next sample is OfSample x_t + OfOutput output + OfNoise noise, as nothing limits x_0.
/// </summary>
/// <param name="OfSample">The factor of x_t.</param>
/// <param name="OfOutput">The factor of the denoiser's output.</param>
/// <param name="OfNoise">The factor of the noise.</param>
internal readonly record struct StepLine(double OfSample, double OfOutput, double OfNoise)
{
    /// <summary>Leaves the next sample in place of the sample.</summary>
    /// <param name="modelOutput">[N, ...].</param>
    /// <param name="sample">x_t, [N, ...].</param>
    /// <param name="noise">[N, ...], or null for none.</param>
    public void Apply(Tensor modelOutput, Tensor sample, Tensor? noise)
    {
        if (Kernels.ServeAll(sample, modelOutput, noise))
        {
            Kernels.Combine(sample, OfSample, modelOutput, OfOutput, noise, OfNoise);
            return;
        }
        // x += (a - 1) x in place of x *= a: libtorch makes a tensor of a factor, which takes three times as long.
        sample.add_(sample, (Scalar)(OfSample - 1)).add_(modelOutput, (Scalar)OfOutput);
        if (noise is not null)
        {
            sample.add_(noise, (Scalar)OfNoise);
        }
    }
}
