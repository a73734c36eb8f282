using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Diffusion.Sdk.Schedulers;

/// <summary>
/// The forward process on a batch whose members stand at different timesteps. Coefficients are computed in double on
/// the CPU and sent to the batch's device in its type. Shapes: N batch, T training timesteps.
/// </summary>
internal static class ForwardProcess
{
    /// <summary>
    /// x_t = sqrt(alpha_bar_t) x_0 + sqrt(1 - alpha_bar_t) epsilon. Ho et al. 2020 (arXiv:2006.11239), eq. 4.
    /// </summary>
    public static Tensor AddNoise(
        ReadOnlySpan<float> alphasCumprod, Tensor original, Tensor noise, ReadOnlySpan<long> timesteps)
    {
        Check(original, noise, timesteps);
        return Combine(alphasCumprod, original, noise, sign: 1, timesteps);
    }

    /// <summary>
    /// v_t = sqrt(alpha_bar_t) epsilon - sqrt(1 - alpha_bar_t) x_0. Salimans and Ho 2022 (arXiv:2202.00512), section 4.
    /// </summary>
    public static Tensor GetVelocity(
        ReadOnlySpan<float> alphasCumprod, Tensor original, Tensor noise, ReadOnlySpan<long> timesteps)
    {
        Check(original, noise, timesteps);
        return Combine(alphasCumprod, noise, original, sign: -1, timesteps);
    }

    /// <summary>
    /// The score -epsilon / sqrt(1 - alpha_bar) of Song et al. 2021 (arXiv:2011.13456), of whatever prediction.
    /// </summary>
    public static Tensor GetScore(
        ReadOnlySpan<float> alphasCumprod, PredictionType prediction, Tensor output, Tensor sample,
        ReadOnlySpan<long> timesteps)
    {
        Check(output, sample, timesteps);
        var byOutput = new double[timesteps.Length];
        var bySample = new double[timesteps.Length];
        for (int i = 0; i < timesteps.Length; i++)
        {
            double alphaBar = alphasCumprod[CheckTimestep(timesteps[i], alphasCumprod.Length)];
            PredictionCoefficients read = PredictionCoefficients.At(alphaBar, prediction);
            double spread = Math.Sqrt(1 - alphaBar);
            (byOutput[i], bySample[i]) = (-read.OutputToNoise / spread, -read.SampleToNoise / spread);
        }
        return Combine(output, byOutput, sample, bySample);
    }

    /// <summary>Copies int64 timesteps [N] to managed memory.</summary>
    public static long[] ReadTimesteps(Tensor timesteps)
    {
        ArgumentNullException.ThrowIfNull(timesteps);
        if (timesteps.dtype != ScalarType.Int64 || timesteps.dim() > 1)
        {
            throw new ArgumentException(
                $"timesteps is {timesteps.dtype} {Shape(timesteps)}; expected Int64 [N] with one timestep per sample.",
                nameof(timesteps));
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

    private static void Check(Tensor original, Tensor noise, ReadOnlySpan<long> timesteps)
    {
        ArgumentNullException.ThrowIfNull(original);
        ArgumentNullException.ThrowIfNull(noise);
        if (original.dim() == 0 || !StepShapes.Same(original, noise))
        {
            throw new ArgumentException(
                $"noise has shape {Shape(noise)}; expected that of the samples, {Shape(original)}, at least [N].",
                nameof(noise));
        }
        if (!is_floating_point(original.dtype) || noise.dtype != original.dtype)
        {
            throw new ArgumentException(
                $"The samples are {original.dtype} and the noise is {noise.dtype}; expected one floating-point type " +
                "for both.",
                nameof(noise));
        }
        if (timesteps.Length != 1 && timesteps.Length != original.size(0))
        {
            throw new ArgumentException(
                $"There are {timesteps.Length} timesteps for {original.size(0)} samples; expected one for each, or " +
                "one for all.",
                nameof(timesteps));
        }
    }

    // sqrt(alpha_bar) left + sign sqrt(1 - alpha_bar) right.
    private static Tensor Combine(
        ReadOnlySpan<float> alphasCumprod, Tensor left, Tensor right, int sign, ReadOnlySpan<long> timesteps)
    {
        if (timesteps.Length > 1 && IsPlain(left) && IsPlain(right))
        {
            return CombineRows(alphasCumprod, left, right, sign, timesteps);
        }
        var leftFactors = new double[timesteps.Length];
        var rightFactors = new double[timesteps.Length];
        for (int i = 0; i < timesteps.Length; i++)
        {
            (leftFactors[i], rightFactors[i]) = Factors(alphasCumprod, timesteps[i], sign);
        }
        return Combine(left, leftFactors, right, rightFactors);
    }

    // One factor for each sample, or one for all.
    private static Tensor Combine(Tensor left, double[] leftFactors, Tensor right, double[] rightFactors)
    {
        if (leftFactors.Length == 1)
        {
            return left.mul((Scalar)leftFactors[0]).add_(right, (Scalar)rightFactors[0]);
        }
        using var scope = NewDisposeScope();
        return left.mul(Column(leftFactors, left)).addcmul_(right, Column(rightFactors, right), 1)
            .MoveToOuterDisposeScope();
    }

    // Every training step asks, so without arrays of factors.
    private static Tensor CombineRows(
        ReadOnlySpan<float> alphasCumprod, Tensor left, Tensor right, int sign, ReadOnlySpan<long> timesteps)
    {
        Tensor sum = empty_like(left);
        Span<float> values = MemoryMarshal.Cast<byte, float>(sum.bytes);
        ReadOnlySpan<float> ofLeft = MemoryMarshal.Cast<byte, float>(left.bytes);
        ReadOnlySpan<float> ofRight = MemoryMarshal.Cast<byte, float>(right.bytes);
        int size = values.Length / timesteps.Length;
        for (int i = 0; i < timesteps.Length; i++)
        {
            (double leftFactor, double rightFactor) = Factors(alphasCumprod, timesteps[i], sign);
            Span<float> row = values.Slice(i * size, size);
            TensorPrimitives.Multiply(ofLeft.Slice(i * size, size), (float)leftFactor, row);
            TensorPrimitives.MultiplyAdd(ofRight.Slice(i * size, size), (float)rightFactor, row, row);
        }
        GC.KeepAlive(left); // only their memory was used above
        GC.KeepAlive(right);
        return sum;
    }

    private static (double Left, double Right) Factors(ReadOnlySpan<float> alphasCumprod, long timestep, int sign)
    {
        double alphaBar = alphasCumprod[CheckTimestep(timestep, alphasCumprod.Length)];
        return (Math.Sqrt(alphaBar), sign * Math.Sqrt(1 - alphaBar));
    }

    private static bool IsPlain(Tensor tensor) =>
        tensor.device_type == DeviceType.CPU && tensor.dtype == ScalarType.Float32 && tensor.is_contiguous()
            && !tensor.requires_grad;

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
