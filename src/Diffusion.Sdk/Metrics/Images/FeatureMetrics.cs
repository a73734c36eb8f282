using Diffusion.Sdk.Numerics;

namespace Diffusion.Sdk.Metrics;

/// <summary>
/// Measures of generated against real samples by their features: what a network sees in an image, [N, F] (N samples, F
/// features). Each comes with a bootstrap interval and its noise floor. The same input gives the same result.
/// </summary>
/// <remarks>
/// Values of different extractors, or of one extractor on differently prepared images, do not compare. All arithmetic
/// is in float64.
/// </remarks>
public static class FeatureMetrics
{
    /// <summary>
    /// Fréchet distance of the Gaussians with the means and covariances of the two sets:
    /// |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)). On features of Inception-v3 it is known as FID.
    /// </summary>
    /// <param name="generated">[N, F], N at least 2.</param>
    /// <param name="real">[M, F], M at least 2; at least 4 for a floor.</param>
    /// <param name="options">Splits, resamples, seed.</param>
    /// <param name="cancellationToken">Stops between two computations.</param>
    /// <value>Null for <paramref name="options"/> means 5 splits, 100 resamples.</value>
    /// <exception cref="ArgumentException">The numbers of features differ, or there are too few samples.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <remarks>
    /// Source: Heusel et al. 2017 (arXiv:1706.08500), eq. 6, with covariances over n - 1. Fewer samples than features
    /// are allowed (their covariance is singular), but the fewer samples, the larger the value: compare only values of
    /// the same N and M, and see the floor.
    /// </remarks>
    public static MetricResult FrechetDistance(
        PointCloud generated, PointCloud real, FeatureMetricOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new();
        Check(generated, real, 2, options);
        return TorchWorker.Shared.Run(
            () => FrechetComputation.Measure(generated, real, options, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// Kernel distance: the squared maximum mean discrepancy with the kernel (x.y / F + 1)^3, by its unbiased estimate
    /// over all pairs. It scatters around 0, below it too, if both sets follow one distribution, whatever N and M. On
    /// features of Inception-v3 it is known as KID.
    /// </summary>
    /// <param name="generated">[N, F], N at least 2.</param>
    /// <param name="real">[M, F], M at least 2; at least 4 for a floor.</param>
    /// <param name="options">Splits, resamples, seed.</param>
    /// <param name="cancellationToken">Stops between two blocks of pairs.</param>
    /// <value>Null for <paramref name="options"/> means 5 splits, 100 resamples.</value>
    /// <exception cref="ArgumentException">The numbers of features differ, or there are too few samples.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <remarks>
    /// Source: Binkowski et al. 2018 (arXiv:1801.01401), section 4. They average over random subsets of 1,000; all
    /// pairs give the same expectation with less scatter. Tools often print the value times 1,000.
    /// </remarks>
    public static MetricResult KernelDistance(
        PointCloud generated, PointCloud real, FeatureMetricOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new();
        Check(generated, real, 2, options);
        return TorchWorker.Shared.Run(
            () => KernelComputation.Measure(generated, real, options, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// Precision, the share of generated samples that lie among the real ones, and recall, the share of real samples
    /// that lie among the generated ones. A sample lies among others if it is in the ball around one of them that
    /// reaches to that one's k-th neighbour.
    /// </summary>
    /// <param name="generated">[N, F], N above <see cref="FeatureMetricOptions.Neighbours"/>.</param>
    /// <param name="real">[M, F], M above it too; twice as many for a floor.</param>
    /// <param name="options">Neighbours, splits, resamples, seed.</param>
    /// <param name="cancellationToken">Stops between two blocks of pairs.</param>
    /// <value>Null for <paramref name="options"/> means 3 neighbours, 5 splits, 100 resamples.</value>
    /// <exception cref="ArgumentException">The numbers of features differ, or there are too few samples.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <remarks>
    /// Source: Kynkäänniemi et al. 2019 (arXiv:1904.06991), eq. 2. Both depend on N and M: compare at equal ones.
    /// The resamples draw the samples that are judged and leave the balls as they are, so the interval leaves out the
    /// scatter of the balls. The floor is what real samples reach.
    /// </remarks>
    public static PrecisionRecall PrecisionAndRecall(
        PointCloud generated, PointCloud real, FeatureMetricOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new();
        Check(generated, real, options.Neighbours + 1, options);
        return TorchWorker.Shared.Run(
            () => ManifoldComputation.Measure(generated, real, options, cancellationToken), cancellationToken);
    }

    private static void Check(PointCloud generated, PointCloud real, int least, FeatureMetricOptions options)
    {
        ArgumentNullException.ThrowIfNull(generated);
        ArgumentNullException.ThrowIfNull(real);
        if (generated.Dimensions != real.Dimensions)
        {
            throw new ArgumentException(
                $"The generated samples have {generated.Dimensions} features, but the real ones {real.Dimensions}: " +
                "they are not of the same extractor.",
                nameof(generated));
        }
        RequireCount(generated, least, "", nameof(generated));
        RequireCount(real, least, "", nameof(real));
        RequireCount(real, options.Splits > 0 ? 2 * least : 0, " to be split for a floor", nameof(real));
    }

    private static void RequireCount(PointCloud samples, int least, string purpose, string name)
    {
        if (samples.Count < least)
        {
            throw new ArgumentException(
                $"There are {samples.Count} {name} samples; this metric needs at least {least}{purpose}.", name);
        }
    }
}
