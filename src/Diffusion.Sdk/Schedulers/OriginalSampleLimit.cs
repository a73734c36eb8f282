using static TorchSharp.torch;

namespace Diffusion.Sdk.Schedulers;

/// <summary>How far a predicted x_0 may reach: not limited, clipped to a fixed range, or to a quantile of its own values.</summary>
/// <param name="ClipRange">Half width of the fixed range; null for none.</param>
/// <param name="ThresholdRatio">The quantile in [0, 1]; null for none. Goes before the fixed range.</param>
/// <param name="LargestThreshold">The largest threshold of the quantile rule; the smallest is 1.</param>
internal readonly record struct OriginalSampleLimit(double? ClipRange, double? ThresholdRatio, double LargestThreshold)
{
    /// <summary>Whether <see cref="Apply"/> leaves every x_0 as it is.</summary>
    public bool IsNone => ClipRange is null && ThresholdRatio is null;

    /// <summary>Limits x_0 [N, ...] in place.</summary>
    public void Apply(Tensor original)
    {
        if (ThresholdRatio is { } ratio)
        {
            Threshold(original, ratio, LargestThreshold);
        }
        else if (ClipRange is { } range)
        {
            original.clamp_((TorchSharp.Scalar)(-range), (TorchSharp.Scalar)range);
        }
    }

    /// <summary>
    /// Dynamic thresholding, Saharia et al. 2022 (arXiv:2205.11487), section 2.3: per sample, s is a quantile of |x_0|,
    /// at least 1; x_0 is clipped to [-s, s] and divided by s.
    /// </summary>
    private static void Threshold(Tensor original, double ratio, double largest)
    {
        using var scope = NewDisposeScope();
        long count = original.shape[0];
        bool half = original.dtype is not (ScalarType.Float32 or ScalarType.Float64);
        Tensor values = half ? original.to_type(ScalarType.Float32) : original;
        Tensor magnitudes = values.reshape(count, -1).abs();                       // [N, elements]
        Tensor threshold = Quantile(magnitudes, ratio)
            .clamp_((TorchSharp.Scalar)1.0, (TorchSharp.Scalar)largest);           // [N, 1]
        long[] column = new long[original.dim()];
        Array.Fill(column, 1);
        column[0] = count;
        threshold = threshold.reshape(column);
        original.copy_(values.minimum(threshold).maximum(threshold.neg()).div_(threshold));
    }

    /// <summary>The quantile of each row [N, M] with linear interpolation between neighbours, [N, 1].</summary>
    private static Tensor Quantile(Tensor rows, double ratio)
    {
        (Tensor sorted, _) = rows.sort(1);
        double place = ratio * (rows.shape[1] - 1);
        long below = (long)Math.Floor(place);
        long above = (long)Math.Ceiling(place);
        Tensor low = sorted.narrow(1, below, 1);
        Tensor step = sorted.narrow(1, above, 1) - low;
        return low.add(step, (TorchSharp.Scalar)(place - below));
    }
}
