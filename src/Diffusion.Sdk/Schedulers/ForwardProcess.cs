using static TorchSharp.torch;

namespace Diffusion.Sdk.Schedulers;

/// <summary>
/// The forward process on a batch whose members stand at different timesteps. Coefficients are computed in double on
/// the CPU and sent to the batch's device in its type. Shapes: N batch, T training timesteps.
/// </summary>
internal static class ForwardProcess
{
    /// <summary>x_t = sqrt(alpha_bar_t) x_0 + sqrt(1 - alpha_bar_t) epsilon. Ho et al. 2020 (arXiv:2006.11239), eq. 4.</summary>
    public static Tensor AddNoise(ReadOnlySpan<float> alphasCumprod, Tensor original, Tensor noise, ReadOnlySpan<long> timesteps)
    {
        (double[] signal, double[] spread) = Roots(alphasCumprod, original, noise, timesteps);
        return Combine(original, signal, noise, spread);
    }

    /// <summary>v_t = sqrt(alpha_bar_t) epsilon - sqrt(1 - alpha_bar_t) x_0. Salimans and Ho 2022 (arXiv:2202.00512), section 4.</summary>
    public static Tensor GetVelocity(ReadOnlySpan<float> alphasCumprod, Tensor original, Tensor noise, ReadOnlySpan<long> timesteps)
    {
        (double[] signal, double[] spread) = Roots(alphasCumprod, original, noise, timesteps);
        return Combine(noise, signal, original, Array.ConvertAll(spread, value => -value));
    }

    /// <summary>Copies int64 timesteps [N] to managed memory.</summary>
    public static long[] ReadTimesteps(Tensor timesteps)
    {
        ArgumentNullException.ThrowIfNull(timesteps);
        if (timesteps.dtype != ScalarType.Int64 || timesteps.dim() > 1)
        {
            throw new ArgumentException(
                $"timesteps is {timesteps.dtype} {Shape(timesteps)}; expected Int64 [N] with one timestep per sample.", nameof(timesteps));
        }
        using var scope = NewDisposeScope();
        return timesteps.cpu().data<long>().ToArray();
    }

    public static int CheckTimestep(long timestep, int trained)
    {
        if (timestep < 0 || timestep >= trained) // only then is the message made: this runs for every sample of every batch
        {
            SchedulerConfigRules.Require(false, nameof(timestep), timestep, $"an index in [0, {trained})");
        }
        return (int)timestep;
    }

    public static string Shape(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";

    private static (double[] Signal, double[] Spread) Roots(
        ReadOnlySpan<float> alphasCumprod, Tensor original, Tensor noise, ReadOnlySpan<long> timesteps)
    {
        ArgumentNullException.ThrowIfNull(original);
        ArgumentNullException.ThrowIfNull(noise);
        long[] shape = original.shape;
        if (shape.Length == 0 || !shape.AsSpan().SequenceEqual(noise.shape))
        {
            throw new ArgumentException($"noise has shape {Shape(noise)}; expected that of the samples, {Shape(original)}, at least [N].", nameof(noise));
        }
        if (!is_floating_point(original.dtype) || noise.dtype != original.dtype)
        {
            throw new ArgumentException(
                $"The samples are {original.dtype} and the noise is {noise.dtype}; expected one floating-point type for both.",
                nameof(noise));
        }
        if (timesteps.Length != 1 && timesteps.Length != shape[0])
        {
            throw new ArgumentException(
                $"There are {timesteps.Length} timesteps for {shape[0]} samples; expected one for each, or one for all.", nameof(timesteps));
        }
        var signal = new double[timesteps.Length];
        var spread = new double[timesteps.Length];
        for (int i = 0; i < timesteps.Length; i++)
        {
            double alphaBar = alphasCumprod[CheckTimestep(timesteps[i], alphasCumprod.Length)];
            signal[i] = Math.Sqrt(alphaBar);
            spread[i] = Math.Sqrt(1 - alphaBar);
        }
        return (signal, spread);
    }

    private static Tensor Combine(Tensor left, double[] leftFactors, Tensor right, double[] rightFactors)
    {
        if (leftFactors.Length == 1)
        {
            return left.mul((TorchSharp.Scalar)leftFactors[0]).add_(right, (TorchSharp.Scalar)rightFactors[0]);
        }
        using var scope = NewDisposeScope();
        return left.mul(Column(leftFactors, left)).addcmul_(right, Column(rightFactors, right), 1).MoveToOuterDisposeScope();
    }

    /// <summary>[N] numbers as [N, 1, ..., 1], of the type and on the device of <paramref name="like"/>.</summary>
    private static Tensor Column(double[] factors, Tensor like)
    {
        long[] shape = new long[like.dim()];
        Array.Fill(shape, 1);
        shape[0] = factors.Length;
        ScalarType type = like.dtype;
        return type == ScalarType.Float64
            ? tensor(factors, shape, type, like.device)
            : tensor(Array.ConvertAll(factors, value => (float)value), shape, type, like.device);
    }
}
