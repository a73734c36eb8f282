using static TorchSharp.torch;

namespace Diffusion.Sdk.Schedulers;

/// <summary>What shapes a DDPM step takes. Shapes: N batch, C channels.</summary>
internal static class DdpmShapes
{
    /// <exception cref="ArgumentException">The output or the noise does not fit the sample.</exception>
    public static void Check(Tensor modelOutput, Tensor sample, Tensor? noise, VarianceType type, bool learned)
    {
        long[] shape = sample.shape;
        if (shape.Length < (learned ? 2 : 1))
        {
            throw new ArgumentException(
                $"sample has shape {ForwardProcess.Shape(sample)}; expected at least {(learned ? "[N, C]" : "[N]")}.", nameof(sample));
        }
        if (!Fits(modelOutput.shape, shape, learned))
        {
            string expected = learned
                ? $"{ForwardProcess.Shape(sample)} with twice the channels, the second half for the variance ({type})"
                : $"{ForwardProcess.Shape(sample)}, as the variance is fixed ({type})";
            throw new ArgumentException(
                $"modelOutput has shape {ForwardProcess.Shape(modelOutput)}; expected {expected}.", nameof(modelOutput));
        }
        if (noise is not null && !Fits(noise.shape, shape, doubled: false))
        {
            throw new ArgumentException(
                $"noise has shape {ForwardProcess.Shape(noise)}; expected the sample's {ForwardProcess.Shape(sample)}.", nameof(noise));
        }
    }

    private static bool Fits(long[] shape, long[] sample, bool doubled)
    {
        if (shape.Length != sample.Length)
        {
            return false;
        }
        for (int i = 0; i < shape.Length; i++)
        {
            if (shape[i] != (doubled && i == 1 ? 2 * sample[i] : sample[i]))
            {
                return false;
            }
        }
        return true;
    }
}
