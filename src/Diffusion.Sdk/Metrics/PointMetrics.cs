namespace Diffusion.Sdk.Metrics;

/// <summary>
/// Distances between generated and real points, of any number of dimensions and not necessarily equally many, each
/// beside its noise floor. The same input gives the same result.
/// </summary>
public static class PointMetrics
{
    /// <summary>
    /// Sliced Wasserstein-1 distance: both sets are projected on random directions; the mean over directions of the
    /// mean absolute difference of the projections' quantiles. In the units of the points.
    /// </summary>
    /// <param name="generated">[N, D].</param>
    /// <param name="real">[M, D].</param>
    /// <param name="options">Directions, quantiles, splits, seed.</param>
    /// <value>Null for <paramref name="options"/> means 500 directions, 2,000 quantiles, 5 splits.</value>
    /// <exception cref="ArgumentException">
    /// The dimensions differ, or there are fewer than 2 real points to split.
    /// </exception>
    /// <remarks>Source: Bonneel et al. 2015, "Sliced and Radon Wasserstein barycenters of measures".</remarks>
    public static MetricResult SlicedWasserstein(
        PointCloud generated, PointCloud real, PointMetricOptions? options = null)
    {
        options ??= new();
        return Measure(generated, real, options, (a, b) => SlicedDistance.Of(a, b, options));
    }

    /// <summary>
    /// Squared maximum mean discrepancy with the kernel exp(-|x - y|^2 / (2 s^2)), s the median distance of (at most
    /// 1,000) real points; the unbiased estimate, which scatters around 0, below it too, if both sets follow one
    /// distribution.
    /// </summary>
    /// <param name="generated">[N, D], N at least 2.</param>
    /// <param name="real">[M, D], M at least 2; at least 4 for a floor.</param>
    /// <param name="options">Splits and seed.</param>
    /// <value>Null for <paramref name="options"/> means 5 splits.</value>
    /// <exception cref="ArgumentException">
    /// The dimensions differ, there are too few points, or all real points are equal.
    /// </exception>
    /// <remarks>Source: Gretton et al. 2012, "A kernel two-sample test", lemma 6.</remarks>
    public static MetricResult MaximumMeanDiscrepancy(
        PointCloud generated, PointCloud real, PointMetricOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(generated);
        ArgumentNullException.ThrowIfNull(real);
        options ??= new();
        RequireCount(generated, 2, nameof(generated));
        RequireCount(real, options.Splits > 0 ? 4 : 2, nameof(real));
        double bandwidth = PairwiseDistances.Median(Shuffled(real, options, split: 0, most: 1000));
        if (bandwidth == 0)
        {
            throw new ArgumentException(
                "Half of the real points or more are equal; the kernel has no width.", nameof(real));
        }
        return Measure(generated, real, options, (a, b) => PairwiseDistances.Discrepancy(a, b, bandwidth));
    }

    /// <summary>
    /// Energy distance 2 E|X - Y| - E|X - X'| - E|Y - Y'| over all pairs, a point with itself included: at least 0,
    /// and 0 for equal sets. In the units of the points.
    /// </summary>
    /// <param name="generated">[N, D].</param>
    /// <param name="real">[M, D].</param>
    /// <param name="options">Splits and seed.</param>
    /// <value>Null for <paramref name="options"/> means 5 splits.</value>
    /// <exception cref="ArgumentException">
    /// The dimensions differ, or there are fewer than 2 real points to split.
    /// </exception>
    /// <remarks>Source: Szekely and Rizzo 2013, "Energy statistics", eq. 6.1.</remarks>
    public static MetricResult EnergyDistance(
        PointCloud generated, PointCloud real, PointMetricOptions? options = null) =>
        Measure(generated, real, options ?? new(), PairwiseDistances.Energy);

    private static MetricResult Measure(
        PointCloud generated,
        PointCloud real,
        PointMetricOptions options,
        Func<PointCloud, PointCloud, double> distance)
    {
        ArgumentNullException.ThrowIfNull(generated);
        ArgumentNullException.ThrowIfNull(real);
        if (generated.Dimensions != real.Dimensions)
        {
            throw new ArgumentException(
                $"The generated points have {generated.Dimensions} dimensions, but the real ones {real.Dimensions}.",
                nameof(generated));
        }
        RequireCount(real, options.Splits > 0 ? 2 : 1, nameof(real));
        double value = distance(generated, real);
        var floors = new double[options.Splits];
        for (int split = 0; split < floors.Length; split++)
        {
            (int[] part, int[] rest) = MetricDraws.Split(options.Seed, real.Count, generated.Count, split);
            floors[split] = distance(real.Pick(part), real.Pick(rest));
        }
        return MetricDraws.Result(value, floors, []);
    }

    private static PointCloud Shuffled(PointCloud points, PointMetricOptions options, int split, int most) =>
        points.Pick(MetricDraws.Order(options.Seed, points.Count, split).AsSpan(0, Math.Min(most, points.Count)));

    private static void RequireCount(PointCloud points, int least, string name)
    {
        if (points.Count < least)
        {
            throw new ArgumentException($"There are {points.Count} points; this metric needs at least {least}.", name);
        }
    }
}
