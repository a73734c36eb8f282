using System.Diagnostics;
using System.Numerics;
using Diffusion.Sdk.Data;
using Diffusion.Sdk.Metrics;
using FsCheck;
using FsCheck.Fluent;

namespace Diffusion.Sdk.Tests.Metrics;

public class PointMetricsTests
{
    private static readonly PointMetricOptions s_noFloor = new() { Splits = 0 };
    private static readonly PointMetricOptions s_few = new() { Splits = 0, Directions = 50, Quantiles = 200 };

    // 1,000 true points of the tutorial against 10,000: 0.139 +- 0.008 over 40 draws at full size. One draw scatters by
    // 0.05, because how the 1,000 points share the three components decides.
    [Fact]
    public void SlicedWasserstein_TrueAgainstTrueOfTheTutorial_IsItsKnownFloor()
    {
        PointMetricOptions fewer = new() { Splits = 0, Directions = 100, Quantiles = 500 };
        double[] values = [.. Enumerable.Range(0, 20).Select(seed =>
            PointMetrics.SlicedWasserstein(Tutorial(1000, 100 + seed), Tutorial(10_000, seed), fewer).Value)];

        MetricResult result = PointMetrics.SlicedWasserstein(
            Tutorial(1000, 7), Tutorial(10_000, 1), fewer with { Splits = 10 });

        Assert.InRange(values.Average(), 0.105, 0.175);
        Assert.InRange(result.Floor, 0.08, 0.2);
        Assert.InRange(result.FloorDeviation, 0.01, 0.1);
    }

    [Fact]
    public void SlicedWasserstein_OnTheLine_IsTheAreaBetweenTheDistributions()
    {
        var a = new PointCloud(new float[] { 0, 1, 2, 3 }, 1);
        var b = new PointCloud(new float[] { 7, 5, 6, 8 }, 1);
        var wide = new PointCloud(new float[] { 0, 10 }, 1);

        Assert.Equal(5, PointMetrics.SlicedWasserstein(a, b, s_noFloor).Value, 1e-6);
        // Quantile functions 10 (2 level - 1/2) and 0 on [1/4, 3/4], constant outside: 2.5 + 5 * 0.5
        Assert.Equal(
            5, PointMetrics.SlicedWasserstein(wide, new PointCloud(new float[] { 0 }, 1), s_noFloor).Value, 1e-6);
    }

    [Fact]
    public void SlicedWasserstein_TwoGaussians_IsTheClosedForm()
    {
        // W1 of N(0, 1) and N(0, 3^2) on a line is 2 E|z|; in the plane every direction gives the same.
        GaussianMixture narrow = GaussianMixture.Ring(1, 0, 1);
        GaussianMixture wide = GaussianMixture.Ring(1, 0, 3);

        double value = PointMetrics.SlicedWasserstein(Cloud(narrow.Sample(20_000, 1)), Cloud(wide.Sample(20_000, 2)), s_noFloor).Value;

        Assert.Equal(2 * Math.Sqrt(2 / Math.PI), value, 0.03);
    }

    [Fact]
    public void SlicedWasserstein_Shift_IsItsLengthTimesTheMeanCosine() => Prop.ForAll(
        Gen.Choose(-50, 50).Zip(Gen.Choose(-50, 50)).ToArbitrary(),
        shift =>
        {
            float[,] points = GaussianMixture.Tutorial.Sample(200, 3);
            float[] moved = [.. points.Cast<float>().Select((v, i) => v + (i % 2 == 0 ? shift.Item1 : shift.Item2))];
            double expected = SlicedDistance.Directions(2, s_few)
                .Average(direction => Math.Abs(
                    (double)direction[0] * shift.Item1 + (double)direction[1] * shift.Item2));
            double value = PointMetrics.SlicedWasserstein(new PointCloud(moved, 2), Cloud(points), s_few).Value;
            return Math.Abs(value - expected) < 1e-4 * (1 + expected);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void AllMetrics_AnySets_AreSymmetricZeroOnThemselvesAndBlindToOrder() => Prop.ForAll(
        Gen.Choose(2, 40).Zip(Gen.Choose(2, 40)).Zip(Gen.Choose(1, 4)).Zip(Gen.Choose(0, 1_000_000)).ToArbitrary(),
        input =>
        {
            (((int n, int m), int dimensions), int seed) = input;
            PointCloud a = Random(n, dimensions, seed);
            PointCloud b = Random(m, dimensions, seed + 1);
            PointCloud shuffled = b.Pick([.. Enumerable.Range(0, m).Reverse()]);
            (double ab, double ba) = (Sliced(a, b), Sliced(b, a));
            (double energyAb, double energyBa) = (Energy(a, b), Energy(b, a));
            return Close(ab, ba) && Sliced(a, a) == 0 && ab > 0 && Close(ab, Sliced(a, shuffled))
                && Close(energyAb, energyBa) && Close(Energy(a, a), 0) && energyAb > 0
                && Close(energyAb, Energy(a, shuffled))
                && Close(PairwiseDistances.Discrepancy(a, b, 1.5), PairwiseDistances.Discrepancy(b, a, 1.5));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void EnergyDistance_FewPoints_IsTheSumOverPairs()
    {
        var a = new PointCloud(new float[] { 0, 0, 3, 4 }, 2);
        var b = new PointCloud(new float[] { 0, 0 }, 2);

        // 2 (0 + 5) / 2 - 2 * 5 / 4 - 0
        Assert.Equal(2.5, Energy(a, b), 1e-6);
    }

    [Fact]
    public void EnergyDistance_TwoGaussians_IsTheClosedForm()
    {
        // On the line, N(0, 1) and N(2, 1): E|N(m, 2)| = sqrt(2) sqrt(2/pi) exp(-m^2/4) + m (1 - 2 Phi(-m/sqrt(2)))
        const double shifted = 2.0 * 0.842700793 + 1.1283791671 * 0.36787944117;
        GaussianMixture left = GaussianMixture.OnLine((1, 0, 1));
        GaussianMixture right = GaussianMixture.OnLine((1, 2, 1));

        double value = Energy(Cloud(left.Sample(8000, 1)), Cloud(right.Sample(8000, 2)));

        Assert.Equal(2 * shifted - 2 * 1.1283791671, value, 0.05);
    }

    [Fact]
    public void MaximumMeanDiscrepancy_FewPoints_IsTheSumOverPairs()
    {
        var a = new PointCloud(new float[] { 0, 1 }, 1);
        var b = new PointCloud(new float[] { 0, 2 }, 1); // median distance 2

        double K(double distance) => Math.Exp(-distance * distance / 8);
        double expected = K(1) + K(2) - 2 * (K(0) + K(2) + K(1) + K(1)) / 4;

        Assert.Equal(expected, PointMetrics.MaximumMeanDiscrepancy(a, b, s_noFloor).Value, 1e-6);
    }

    [Fact]
    public void MaximumMeanDiscrepancy_TrueAgainstTrue_ScattersAroundZero()
    {
        PointCloud real = Tutorial(1000, 1);

        double[] values = [.. Enumerable.Range(2, 12).Select(
            seed => PointMetrics.MaximumMeanDiscrepancy(Tutorial(300, seed), real, s_noFloor).Value)];

        Assert.Equal(0, values.Average(), 0.002);
        Assert.Contains(values, value => value < 0);
        Assert.Contains(values, value => value > 0);
    }

    [Theory]
    [InlineData(1f)]
    [InlineData(3f)]
    public void AllMetrics_StretchedOrShiftedPoints_StandOutOfTheFloor(float change)
    {
        PointCloud real = Tutorial(3000, 1);
        PointCloud same = Tutorial(1000, 2);
        var shifted = new PointCloud(same.Values.ToArray().Select(v => v + change).ToArray(), 2);
        Func<PointCloud, MetricResult>[] metrics =
        [
            points => PointMetrics.SlicedWasserstein(points, real, new() { Directions = 100 }),
            points => PointMetrics.MaximumMeanDiscrepancy(points, real),
            points => PointMetrics.EnergyDistance(points, real),
        ];

        Assert.All(metrics, metric =>
        {
            MetricResult wrong = metric(shifted);
            MetricResult right = metric(same);
            Assert.True(wrong.Value > wrong.Floor + 4 * wrong.FloorDeviation);
            Assert.True(wrong.Value > 2 * right.Value);
            Assert.Equal(right.Floor, wrong.Floor); // the floor does not look at what was generated
        });
    }

    [Fact]
    public void AllMetrics_SameInput_GiveTheSameBitsAndSeedsDiffer()
    {
        (PointCloud a, PointCloud b) = (Tutorial(200, 1), Tutorial(300, 2));

        Assert.Equal(PointMetrics.SlicedWasserstein(a, b), PointMetrics.SlicedWasserstein(a, b));
        Assert.Equal(PointMetrics.EnergyDistance(a, b), PointMetrics.EnergyDistance(a, b));
        Assert.Equal(PointMetrics.MaximumMeanDiscrepancy(a, b), PointMetrics.MaximumMeanDiscrepancy(a, b));
        Assert.NotEqual(PointMetrics.SlicedWasserstein(a, b), PointMetrics.SlicedWasserstein(a, b, new() { Seed = 1 }));
        Assert.NotEqual(
            PointMetrics.EnergyDistance(a, b).Floor, PointMetrics.EnergyDistance(a, b, new() { Seed = 1 }).Floor);
    }

    [Fact]
    public void SlicedWasserstein_InManyDimensions_SeesADifferenceInOne()
    {
        PointCloud a = Random(2000, 20, 1);
        PointCloud b = Random(2000, 20, 2);
        float[] stretched = [.. b.Values.ToArray().Select((v, i) => i % 20 == 0 ? 4 * v : v)];

        Assert.True(Sliced(a, new PointCloud(stretched, 20)) > 3 * Sliced(a, b));
    }

    // Generous: the machine may be busy. Alone it takes a third of a second.
    [Fact]
    public void SlicedWasserstein_SizesOfTheIssue_TakesASecondOrTwo()
    {
        (PointCloud a, PointCloud b) = (Tutorial(1000, 1), Tutorial(10_000, 2));
        var watch = Stopwatch.StartNew();

        PointMetrics.SlicedWasserstein(a, b, s_noFloor);

        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 5);
    }

    [Fact]
    public void ToString_WithAndWithoutFloor_IsShort()
    {
        Assert.Equal("0.185 (floor 0.151)", new MetricResult(0.18512, 0.1509, 0.01).ToString());
        Assert.Equal("0.185", new MetricResult(0.18512, double.NaN, double.NaN).ToString());
    }

    [Fact]
    public void Metrics_WrongInput_SayWhatAndWhich()
    {
        PointCloud plane = Tutorial(10, 1);
        PointCloud one = Tutorial(1, 1);
        PointCloud line = Random(10, 1, 1);
        PointCloud equal = PointCloud.From([Vector2.One, Vector2.One, Vector2.One, Vector2.One]);

        AssertError(
            "The generated points have 1 dimensions, but the real ones 2.",
            () => PointMetrics.SlicedWasserstein(line, plane));
        AssertError("There are 1 points; this metric needs at least 2.", () => PointMetrics.EnergyDistance(plane, one));
        AssertError(
            "There are 1 points; this metric needs at least 2.", () => PointMetrics.MaximumMeanDiscrepancy(one, plane));
        AssertError(
            "There are 1 points; this metric needs at least 4.", () => PointMetrics.MaximumMeanDiscrepancy(plane, one));
        AssertError(
            "Half of the real points or more are equal; the kernel has no width.",
            () => PointMetrics.MaximumMeanDiscrepancy(plane, equal));
        AssertError("0 numbers are no points of 2 dimensions; expected at least one point.", () => PointCloud.From([]));
        AssertError("3 numbers are no points of 2 dimensions", () => _ = new PointCloud(new float[3], 2));
        AssertError("3 numbers are no points of 0 dimensions", () => _ = new PointCloud(new float[3], 0));
        AssertError(
            "Point 1 holds NaN in dimension 0; all numbers must be finite.",
            () => PointCloud.From(new float[,] { { 1, 2 }, { float.NaN, 4 } }));
        AssertError("Directions ('0')", () => _ = new PointMetricOptions { Directions = 0 });
        AssertError("Quantiles ('0')", () => _ = new PointMetricOptions { Quantiles = 0 });
        AssertError("Splits ('-1')", () => _ = new PointMetricOptions { Splits = -1 });
    }

    private static PointCloud Tutorial(int count, long seed) => Cloud(GaussianMixture.Tutorial.Sample(count, seed));

    private static PointCloud Cloud(float[,] points) => PointCloud.From(points);

    private static PointCloud Random(int count, int dimensions, long seed)
    {
        var values = new float[count * dimensions];
        new Sdk.Numerics.PhiloxStreams(seed).Normal(Sdk.Numerics.RandomPurpose.Data, 0, count, 0, values);
        return new PointCloud(values, dimensions);
    }

    private static double Sliced(PointCloud a, PointCloud b) => PointMetrics.SlicedWasserstein(a, b, s_few).Value;

    private static double Energy(PointCloud a, PointCloud b) => PointMetrics.EnergyDistance(a, b, s_noFloor).Value;

    private static bool Close(double a, double b) => Math.Abs(a - b) < 1e-5;

    private static void AssertError(string message, Action action) =>
        Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
}
