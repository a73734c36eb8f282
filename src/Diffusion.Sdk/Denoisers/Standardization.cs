using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// The affine map between the units of the data and those a denoiser was trained in: (x - mean) / scale, one mean and
/// one scale per dimension of points [N, D], or per channel of images [N, C, H, W].
/// </summary>
/// <remarks>Record equality compares the lists by reference.</remarks>
public sealed record Standardization
{
    /// <summary>Makes the map of given means and scales, which are copied in.</summary>
    /// <param name="mean">[D] or [C], finite.</param>
    /// <param name="scale">[D] or [C], finite and above 0.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a number is out of its range.</exception>
    public Standardization(IReadOnlyList<float> mean, IReadOnlyList<float> scale)
    {
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(scale);
        if (mean.Count == 0 || mean.Count != scale.Count)
        {
            throw new ArgumentException(
                $"There are {mean.Count} means and {scale.Count} scales; expected one of each per dimension.",
                nameof(scale));
        }
        if (!mean.All(float.IsFinite))
        {
            throw new ArgumentException(
                $"The means are [{string.Join(", ", mean)}]; expected finite numbers.", nameof(mean));
        }
        if (!scale.All(value => float.IsFinite(value) && value > 0))
        {
            throw new ArgumentException(
                $"The scales are [{string.Join(", ", scale)}]; expected finite numbers above 0.", nameof(scale));
        }
        (Mean, Scale) = (Array.AsReadOnly(mean.ToArray()), Array.AsReadOnly(scale.ToArray()));
    }

    /// <summary>What is taken away, [D] or [C].</summary>
    public IReadOnlyList<float> Mean { get; }

    /// <summary>What the rest is divided by, [D] or [C].</summary>
    public IReadOnlyList<float> Scale { get; }

    /// <summary>
    /// The map that gives data mean 0 and standard deviation 1; a dimension that never changes keeps its scale.
    /// </summary>
    /// <param name="samples">Data, row-major [N, D] or [N, C, H * W].</param>
    /// <param name="dimensions">D or C, at least 1.</param>
    /// <param name="count">N, at least 1.</param>
    /// <exception cref="ArgumentException">The length of the data is not a multiple of N times D.</exception>
    public static Standardization Of(ReadOnlySpan<float> samples, int count, int dimensions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        int group = samples.Length / count / dimensions; // values of one dimension in one sample
        if (group < 1 || (long)group * dimensions * count != samples.Length)
        {
            throw new ArgumentException(
                $"{samples.Length} values are not {count} samples of {dimensions} dimensions.", nameof(samples));
        }
        var mean = new float[dimensions];
        var scale = new float[dimensions];
        for (int d = 0; d < dimensions; d++)
        {
            (double average, double deviation) = Moments(samples, d, dimensions, group);
            mean[d] = (float)average;
            scale[d] = (float)deviation is var rounded && rounded > 0 ? rounded : 1;
        }
        return new Standardization(mean, scale);
    }

    /// <summary>From the units of the data to those of the denoiser.</summary>
    /// <param name="samples">float32 [N, D] or [N, C, H, W].</param>
    /// <returns>A new tensor of the same shape; the caller disposes it.</returns>
    public Tensor Apply(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        using var scope = NewDisposeScope();
        return samples.sub(Column(Mean, samples)).div_(Column(Scale, samples)).MoveToOuterDisposeScope();
    }

    /// <summary>From the units of the denoiser back to those of the data.</summary>
    /// <param name="samples">float32 [N, D] or [N, C, H, W].</param>
    /// <returns>A new tensor of the same shape; the caller disposes it.</returns>
    public Tensor Undo(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        using var scope = NewDisposeScope();
        return samples.mul(Column(Scale, samples)).add_(Column(Mean, samples)).MoveToOuterDisposeScope();
    }

    // Two passes in double: the mean first, so that no digits cancel.
    private static (double Mean, double Deviation) Moments(
        ReadOnlySpan<float> samples, int dimension, int dimensions, int group)
    {
        double sum = 0, squares = 0;
        int values = samples.Length / dimensions;
        for (int start = dimension * group; start < samples.Length; start += dimensions * group)
        {
            foreach (float value in samples.Slice(start, group))
            {
                sum += value;
            }
        }
        double mean = sum / values;
        for (int start = dimension * group; start < samples.Length; start += dimensions * group)
        {
            foreach (float value in samples.Slice(start, group))
            {
                squares += (value - mean) * (value - mean);
            }
        }
        return (mean, Math.Sqrt(squares / values));
    }

    // [D] as [D] for points, as [C, 1, 1] for images.
    private static Tensor Column(IReadOnlyList<float> values, Tensor like)
    {
        long[] shape = new long[Math.Max(1, like.dim() - 1)];
        Array.Fill(shape, 1);
        shape[0] = values.Count;
        if (like.dim() < 2 || like.shape[1] != values.Count)
        {
            throw new ArgumentException(
                $"The standardization has {values.Count} dimensions, but the samples have shape " +
                $"[{string.Join(", ", like.shape)}].", nameof(like));
        }
        return tensor(values.ToArray(), shape, like.dtype, like.device);
    }
}
