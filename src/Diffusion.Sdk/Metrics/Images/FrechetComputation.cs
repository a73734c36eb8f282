using static TorchSharp.torch;

namespace Diffusion.Sdk.Metrics;

/// <summary>
/// The Fréchet distance of Gaussians fitted to features. Shapes: N, M samples; F features; K = min(N, F).
/// </summary>
internal static class FrechetComputation
{
    public static MetricResult Measure(
        PointCloud generated, PointCloud real, FeatureMetricOptions options, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        using IDisposable withoutGradients = no_grad();
        (Tensor x, Tensor y) = (generated.ToDouble(), real.ToDouble()); // [N, F], [M, F]
        double value = Distance(x, Ones(generated.Count), y, Ones(real.Count));
        var floors = new double[options.Splits];
        for (int split = 0; split < floors.Length; split++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (int[] part, int[] rest) = MetricDraws.Split(options.Seed, real.Count, generated.Count, split);
            floors[split] = Distance(y, Times(part, real.Count), y, Times(rest, real.Count));
        }
        var resampled = new double[options.Resamples];
        for (int resample = 0; resample < resampled.Length; resample++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            resampled[resample] = Distance(
                x, MetricDraws.Resample(options.Seed, generated.Count, resample, ofReal: false),
                y, MetricDraws.Resample(options.Seed, real.Count, resample, ofReal: true));
        }
        return MetricDraws.Result(value, floors, resampled);
    }

    /// <summary>
    /// The distance of the sets with sample i taken so many times. With R^T R a covariance, tr (C1 C2)^(1/2) is the sum
    /// of the singular values of R1 R2^T. No covariance is formed and no root is taken of a number that rounding has
    /// disturbed, so that singular covariances cost no digits.
    /// </summary>
    private static double Distance(Tensor a, int[] timesA, Tensor b, int[] timesB)
    {
        using var scope = NewDisposeScope();
        (Tensor meanA, Tensor rootA) = Fit(a, timesA);
        (Tensor meanB, Tensor rootB) = Fit(b, timesB);
        Tensor between = linalg.svdvals(rootA.matmul(rootB.t())); // [min(K_a, K_b)]
        double distance = SumOfSquares(meanA - meanB) + SumOfSquares(rootA) + SumOfSquares(rootB)
            - 2 * between.sum().item<double>();
        return Math.Max(distance, 0);
    }

    /// <summary>Mean [F] and a root [K, F] of the covariance (over n - 1).</summary>
    private static (Tensor Mean, Tensor Root) Fit(Tensor features, int[] times)
    {
        long[] drawn = [.. Enumerable.Range(0, times.Length).Where(i => times[i] > 0).Select(i => (long)i)];
        double[] weights = [.. drawn.Select(i => (double)times[i])];
        double count = weights.Sum();
        Tensor rows = features.index_select(0, tensor(drawn)); // [K', F]
        Tensor weight = tensor(weights, [weights.Length, 1]);
        Tensor mean = rows.mul(weight).sum(dim: 0) / count; // [F]
        Tensor centred = rows.sub_(mean).mul_((weight / (count - 1)).sqrt_());
        // The triangular factor has the same covariance as the rows, and is small.
        return (mean, rows.shape[0] > rows.shape[1] ? linalg.qr(centred, linalg.QRMode.R).Item2 : centred);
    }

    private static double SumOfSquares(Tensor values) => values.square().sum().item<double>();

    private static int[] Ones(int count) => [.. Enumerable.Repeat(1, count)];

    private static int[] Times(int[] places, int count)
    {
        var times = new int[count];
        Array.ForEach(places, place => times[place] = 1);
        return times;
    }
}
