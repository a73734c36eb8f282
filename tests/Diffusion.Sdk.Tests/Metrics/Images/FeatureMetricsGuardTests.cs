using Diffusion.Sdk.Metrics;

namespace Diffusion.Sdk.Tests.Metrics;

public class FeatureMetricsGuardTests : TensorTest
{
    private static readonly Action<PointCloud, PointCloud, FeatureMetricOptions>[] s_metrics =
    [
        (x, y, options) => FeatureMetrics.FrechetDistance(x, y, options),
        (x, y, options) => FeatureMetrics.KernelDistance(x, y, options),
        (x, y, options) => FeatureMetrics.PrecisionAndRecall(x, y, options),
    ];

    [Fact]
    public void AllMetrics_OtherNumberOfFeatures_SayBothNumbers() => Assert.All(s_metrics, metric =>
    {
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => metric(Count(8, 3), Count(8, 4), new()));
        Assert.Contains("3 features, but the real ones 4", error.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void AllMetrics_TooFewSamples_SayHowManyAreNeeded()
    {
        ArgumentException one = Assert.Throws<ArgumentException>(
            () => FeatureMetrics.FrechetDistance(Count(1, 3), Count(8, 3)));
        ArgumentException three = Assert.Throws<ArgumentException>(
            () => FeatureMetrics.KernelDistance(Count(2, 3), Count(3, 3)));
        ArgumentException neighbours = Assert.Throws<ArgumentException>(
            () => FeatureMetrics.PrecisionAndRecall(Count(3, 3), Count(8, 3)));

        Says("There are 1 generated samples; this metric needs at least 2.", one);
        Says("There are 3 real samples; this metric needs at least 4 to be split for a floor.", three);
        Says("There are 3 generated samples; this metric needs at least 4.", neighbours);
    }

    [Fact]
    public void AllMetrics_FeaturesThatAreNotFinite_CannotBeMade()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => new PointCloud(new float[] { 1, 2, 3, float.NaN }, 2));

        Assert.Contains("Point 1 holds NaN in dimension 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AllMetrics_Cancelled_Stop()
    {
        var cancelled = new CancellationToken(canceled: true);

        Assert.ThrowsAny<OperationCanceledException>(
            () => FeatureMetrics.FrechetDistance(Count(8, 3), Count(8, 3), cancellationToken: cancelled));
        Assert.ThrowsAny<OperationCanceledException>(
            () => FeatureMetrics.KernelDistance(Count(8, 3), Count(8, 3), cancellationToken: cancelled));
        Assert.ThrowsAny<OperationCanceledException>(
            () => FeatureMetrics.PrecisionAndRecall(Count(8, 3), Count(8, 3), cancellationToken: cancelled));
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new FeatureMetricOptions { Neighbours = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new FeatureMetricOptions { Splits = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new FeatureMetricOptions { Resamples = -1 });
    }

    [Fact]
    public void Result_AsText_LeavesOutWhatIsMissing()
    {
        Assert.Equal("0.185 (floor 0.151)", new MetricResult(0.1853, 0.1512, 0.01).ToString());
        Assert.Equal("0.185 ± 0.02", new MetricResult(0.1853, double.NaN, double.NaN) { Deviation = 0.01 }.ToString());
        Assert.Equal("12.3 ± 2 (floor 3.21)", new MetricResult(12.34, 3.21, 0.1) { Deviation = 1 }.ToString());
    }

    private static void Says(string expected, ArgumentException error) =>
        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);

    private static PointCloud Count(int count, int features) => new(
        Enumerable.Range(0, count * features).Select(i => (float)Hashed.At(i, 7)).ToArray(), features);
}
