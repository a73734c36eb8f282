using static TorchSharp.torch;

namespace Diffusion.Sdk.Metrics;

/// <summary>Features as tensors, and blocks of their rows. Shapes: N samples, F features.</summary>
internal static class FeatureTensors
{
    /// <summary>float64 [N, F]; the caller disposes it.</summary>
    public static Tensor ToDouble(this PointCloud features)
    {
        using Tensor single = tensor(features.Values.ToArray(), [features.Count, features.Dimensions]);
        return single.to_type(ScalarType.Float64);
    }

    /// <summary>
    /// The rows of a matrix in blocks, each a view [B, F] and the place of its first row; B so small that a matrix of B
    /// rows by all columns stays within some tens of megabytes.
    /// </summary>
    /// <param name="rows">[N, F].</param>
    /// <param name="columns">How many columns the matrix per block has.</param>
    public static IEnumerable<(long First, Tensor Rows)> Blocks(this Tensor rows, long columns)
    {
        const long values = 1 << 22;
        long size = Math.Clamp(values / columns, 1, 1024);
        for (long first = 0; first < rows.shape[0]; first += size)
        {
            using Tensor block = rows.narrow(0, first, Math.Min(size, rows.shape[0] - first));
            yield return (first, block);
        }
    }

    /// <summary>The numbers of a float64 tensor, in order.</summary>
    public static double[] ToArray(this Tensor values)
    {
        using Tensor dense = values.contiguous();
        return dense.data<double>().ToArray();
    }
}
