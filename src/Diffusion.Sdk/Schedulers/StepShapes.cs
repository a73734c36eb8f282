using static TorchSharp.torch;

namespace Diffusion.Sdk.Schedulers;

/// <summary>What shapes a step takes. Shapes: N batch, C channels.</summary>
internal static class StepShapes
{
    /// <param name="modelOutput">The denoiser's output.</param>
    /// <param name="sample">x_t.</param>
    /// <param name="noise">The step's noise; null where there is none to check.</param>
    /// <param name="doubled">Whether the output has twice the sample's channels.</param>
    /// <param name="why">Why it has as many channels as that, for messages.</param>
    /// <exception cref="ArgumentException">The output or the noise does not fit the sample.</exception>
    public static void Check(Tensor modelOutput, Tensor sample, Tensor? noise, bool doubled, string why)
    {
        if (sample.dim() < (doubled ? 2 : 1))
        {
            throw new ArgumentException(
                $"sample has shape {ForwardProcess.Shape(sample)}; expected at least {(doubled ? "[N, C]" : "[N]")}.",
                nameof(sample));
        }
        if (!Fits(modelOutput, sample, doubled))
        {
            throw new ArgumentException(
                $"modelOutput has shape {ForwardProcess.Shape(modelOutput)}; expected {ForwardProcess.Shape(sample)}" +
                $"{(doubled ? " with twice the channels" : "")}, {why}.",
                nameof(modelOutput));
        }
        if (noise is not null && !Fits(noise, sample, doubled: false))
        {
            throw new ArgumentException(
                $"noise has shape {ForwardProcess.Shape(noise)}; expected the sample's {ForwardProcess.Shape(sample)}.",
                nameof(noise));
        }
    }

    /// <summary>Whether both have one shape.</summary>
    public static bool Same(Tensor left, Tensor right) => Fits(left, right, doubled: false);

    // Every step asks: no arrays of shapes.
    private static bool Fits(Tensor tensor, Tensor sample, bool doubled)
    {
        if (tensor.dim() != sample.dim())
        {
            return false;
        }
        for (int i = 0; i < sample.dim(); i++)
        {
            if (tensor.size(i) != (doubled && i == 1 ? 2 * sample.size(i) : sample.size(i)))
            {
                return false;
            }
        }
        return true;
    }
}
