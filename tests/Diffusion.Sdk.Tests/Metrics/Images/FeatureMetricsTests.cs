using Diffusion.Sdk.Metrics;
using Diffusion.Sdk.Numerics;

namespace Diffusion.Sdk.Tests.Metrics;

public class FeatureMetricsTests : TensorTest
{
    private static readonly FeatureMetricOptions s_plain = new() { Splits = 0, Resamples = 0 };

    private static readonly FeatureMetricsCase[] s_cases =
        Recordings.Read<FeatureMetricsCase[]>("feature_metrics.json");

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, s_cases.Length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void AllMetrics_RecordedCase_AreThoseOfNumpyAndScipy(int index)
    {
        FeatureMetricsCase recorded = s_cases[index];
        PointCloud generated = recorded.Generate(2 * index + 1);
        PointCloud real = recorded.MakeReal(2 * index + 2);

        FeatureMetricOptions options = s_plain with { Neighbours = recorded.Neighbours };
        PrecisionRecall quality = FeatureMetrics.PrecisionAndRecall(generated, real, options);

        // scipy's square root of a matrix keeps eight digits.
        Close(recorded.Frechet, FeatureMetrics.FrechetDistance(generated, real, options).Value, 1e-7);
        Close(recorded.Kernel, FeatureMetrics.KernelDistance(generated, real, options).Value, 1e-10);
        Assert.Equal(recorded.Precision, quality.Precision.Value, 1e-12);
        Assert.Equal(recorded.Recall, quality.Recall.Value, 1e-12);
    }

    [Fact]
    public void FrechetDistance_AxesOfKnownVariance_IsTheClosedForm()
    {
        // Points +-a_j e_j have mean 0 and covariance diag(2 a_j^2 / (n - 1)); then the roots commute.
        double[] a = [1, 2, 3, 0.5];
        double[] b = [2, 1, 0.25, 4];
        float[] shift = [0.5f, -1, 0, 2];
        double expected = shift.Sum(s => s * (double)s)
            + a.Zip(b, (x, y) => 2.0 / 7 * (x - y) * (x - y)).Sum();

        double value = FeatureMetrics.FrechetDistance(Axes(a, shift), Axes(b, new float[4]), s_plain).Value;

        Close(expected, value, 1e-12);
    }

    [Fact]
    public void FrechetDistance_TurnedCovariances_IsTheClosedFormOfTwoDimensions()
    {
        // In the plane tr (A B)^(1/2) = sqrt(tr(A B) + 2 sqrt(det A det B)).
        PointCloud x = Normal(50, 2, 1, (v, j) => j == 0 ? v : 3 * v);
        float[] turned = x.Values.ToArray();
        for (int i = 0; i < turned.Length; i += 2)
        {
            (turned[i], turned[i + 1]) = (0.6f * turned[i] - 0.8f * turned[i + 1], turned[i] + turned[i + 1]);
        }
        var y = new PointCloud(turned, 2);
        ((double A, double B, double C) cx, (double A, double B, double C) cy) = (Covariance(x), Covariance(y));
        double product = cx.A * cy.A + 2 * cx.B * cy.B + cx.C * cy.C;
        double determinants = (cx.A * cx.C - cx.B * cx.B) * (cy.A * cy.C - cy.B * cy.B);
        double means = Enumerable.Range(0, 2).Sum(j => Math.Pow(Mean(x, j) - Mean(y, j), 2));
        double expected =
            means + cx.A + cx.C + cy.A + cy.C - 2 * Math.Sqrt(product + 2 * Math.Sqrt(determinants));

        Close(expected, FeatureMetrics.FrechetDistance(x, y, s_plain).Value, 1e-10);
    }

    [Fact]
    public void FrechetDistance_SingularCovariances_KeepsItsDigits()
    {
        // All samples on one line through 500 dimensions: standard deviations s and 2 s along it, so (2 s - s)^2.
        float[] direction = [.. Enumerable.Range(0, 500).Select(j => (float)Hashed.At(j, 5))];
        double[] places = [-4, -1, 0, 1, 4];
        double variance = places.Sum(place => place * place) / 4 * direction.Sum(d => (double)d * d);
        PointCloud Line(float factor) => new(
            places.SelectMany(place => direction.Select(d => (float)place * factor * d)).ToArray(), 500);

        Close(variance, FeatureMetrics.FrechetDistance(Line(1), Line(2), s_plain).Value, 1e-12);
        Assert.Equal(0, FeatureMetrics.FrechetDistance(Line(2), Line(2), s_plain).Value, 1e-10);
    }

    [Fact]
    public void AllMetrics_SameSet_AreZeroAndOne()
    {
        PointCloud x = Normal(60, 8, 1);

        Assert.Equal(0, FeatureMetrics.FrechetDistance(x, x, s_plain).Value, 1e-10);
        Assert.Equal(double.NaN, FeatureMetrics.FrechetDistance(x, x, s_plain).Floor);
        PrecisionRecall quality = FeatureMetrics.PrecisionAndRecall(x, x, s_plain);
        Assert.Equal((1, 1), (quality.Precision.Value, quality.Recall.Value));
    }

    [Fact]
    public void KernelDistance_FewPoints_IsTheSumOverPairs()
    {
        var x = new PointCloud(new float[] { 1, 0, 0, 1 }, 2);
        var y = new PointCloud(new float[] { 2, 0, 1, 1, 0, 0 }, 2);

        // x.y / 2 of the pairs: within x 0; within y 1, 0, 0; between 1, 0.5, 0, 0, 0.5, 0.
        double expected = 1 + (8 + 1 + 1) / 3.0 - 2 * (8 + 3.375 + 1 + 1 + 3.375 + 1) / 6;

        Assert.Equal(expected, FeatureMetrics.KernelDistance(x, y, s_plain).Value, 1e-12);
    }

    [Fact]
    public void KernelDistance_ScatterOverDraws_IsTheBootstrapDeviationAndTheIntervalHoldsTheTruth()
    {
        // Means 0 and 0.4, deviation 1, one feature: E(1 + xy)^3 = 1 + 3 E x E y + 3 E x^2 E y^2 + E x^3 E y^3.
        double Kernel(double a, double b) => 1 + 3 * a * b
            + 3 * (a * a + 1) * (b * b + 1) + (a * a * a + 3 * a) * (b * b * b + 3 * b);
        double truth = Kernel(0.4, 0.4) + Kernel(0, 0) - 2 * Kernel(0.4, 0);
        MetricResult[] draws = [.. Enumerable.Range(0, 60).Select(seed => FeatureMetrics.KernelDistance(
            Normal(150, 1, 2 * seed, (v, _) => v + 0.4f), Normal(200, 1, 2 * seed + 1),
            new() { Splits = 0, Resamples = 60, Seed = seed }))];

        double scatter = Deviation([.. draws.Select(draw => draw.Value)]);
        int inside = draws.Count(draw => draw.Lower <= truth && truth <= draw.Upper);

        Assert.Equal(truth, draws.Average(draw => draw.Value), 3 * scatter / Math.Sqrt(60)); // no bias
        Assert.InRange(draws.Average(draw => draw.Deviation) / scatter, 0.75, 1.35);
        Assert.InRange(inside, 50, 60); // 57 expected
    }

    [Fact]
    public void FrechetDistance_ScatterOverDraws_IsTheBootstrapDeviation()
    {
        MetricResult[] draws = [.. Enumerable.Range(0, 40).Select(seed => FeatureMetrics.FrechetDistance(
            Normal(200, 4, 2 * seed, (v, j) => v + (j == 0 ? 1 : 0)), Normal(200, 4, 2 * seed + 1),
            new() { Splits = 0, Resamples = 40, Seed = seed }))];

        double scatter = Deviation([.. draws.Select(draw => draw.Value)]);

        Assert.InRange(draws.Average(draw => draw.Deviation) / scatter, 0.7, 1.4);
        Assert.InRange(draws.Average(draw => draw.Value), 1, 1 + 0.15); // the bias of 200 samples is 0.06
    }

    [Fact]
    public void PrecisionAndRecall_MissingModeAndStrayMode_SeeOneEach()
    {
        // Real: places 0 and 10; generated: all at 0, or a third of them far from both.
        PointCloud real = Normal(200, 3, 1, (v, _) => 0.1f * v, row => row % 2 == 0 ? 0 : 10);
        PointCloud oneMode = Normal(150, 3, 2, (v, _) => 0.1f * v);
        PointCloud stray = Normal(150, 3, 3, (v, _) => 0.1f * v, row => (row % 3) switch { 0 => 0, 1 => 10, _ => 99 });

        PrecisionRecall missing = FeatureMetrics.PrecisionAndRecall(oneMode, real, s_plain);
        PrecisionRecall wrong = FeatureMetrics.PrecisionAndRecall(stray, real, s_plain);

        Assert.InRange(missing.Precision.Value, 0.85, 1);
        Assert.InRange(missing.Recall.Value, 0.4, 0.5);
        Assert.InRange(wrong.Precision.Value, 0.6, 0.667);
        Assert.InRange(wrong.Recall.Value, 0.8, 1);
    }

    [Fact]
    public void PrecisionAndRecall_Interval_IsThatOfAShareAndFloorsAreOfRealSamples()
    {
        PointCloud real = Normal(400, 5, 1);
        PointCloud wide = Normal(300, 5, 2, (v, _) => 2 * v);

        PrecisionRecall quality = FeatureMetrics.PrecisionAndRecall(wide, real);
        double share = quality.Precision.Value;

        Assert.Equal(Math.Sqrt(share * (1 - share) / 300), quality.Precision.Deviation, 0.006);
        Assert.True(quality.Precision.Floor > share + 0.1);
        Assert.True(quality.Precision.Upper > quality.Precision.Value);
    }

    [Fact]
    public void Distances_WrongSamples_StandOutOfFloorAndIntervalAndRightOnesDoNot()
    {
        PointCloud real = Normal(600, 10, 1);
        PointCloud right = Normal(300, 10, 2);
        PointCloud wrong = Normal(300, 10, 3, (v, j) => j < 3 ? 1.5f * v : v);
        Func<PointCloud, MetricResult>[] metrics =
        [
            samples => FeatureMetrics.FrechetDistance(samples, real),
            samples => FeatureMetrics.KernelDistance(samples, real),
        ];

        Assert.All(metrics, metric =>
        {
            (MetricResult bad, MetricResult good) = (metric(wrong), metric(right));
            Assert.True(bad.Lower > bad.Floor, $"{bad}");
            Assert.InRange(good.Value, good.Floor - 5 * good.FloorDeviation, good.Floor + 5 * good.FloorDeviation);
            Assert.Equal(good.Floor, bad.Floor); // the floor does not look at what was generated
            Assert.Equal(bad, metric(wrong)); // bit for bit
        });
    }

    [Fact]
    public void AllMetrics_ManyBlocks_GiveWhatOneBlockGives()
    {
        // 4,200 columns make blocks of fewer than 1,024 rows; the kernel of one feature has a closed sum.
        PointCloud x = Normal(1500, 1, 1);
        PointCloud y = Normal(4200, 1, 2);
        double Moment(PointCloud c, int power) => c.Values.ToArray().Average(v => Math.Pow(v, power));
        double Sum(PointCloud a, PointCloud b) => 1 + 3 * Moment(a, 1) * Moment(b, 1)
            + 3 * Moment(a, 2) * Moment(b, 2) + Moment(a, 3) * Moment(b, 3);
        double Within(PointCloud a) =>
            (Sum(a, a) * a.Count - a.Values.ToArray().Average(v => Math.Pow(1 + (double)v * v, 3))) / (a.Count - 1);

        MetricResult value = FeatureMetrics.KernelDistance(x, y, s_plain);
        PrecisionRecall quality = FeatureMetrics.PrecisionAndRecall(x, y, s_plain);

        Assert.Equal(Within(x) + Within(y) - 2 * Sum(x, y), value.Value, 1e-9);
        Assert.InRange(quality.Precision.Value, 0.95, 1);
    }

    private static void Close(double expected, double actual, double relative) =>
        Assert.Equal(expected, actual, Math.Abs(expected) * relative);

    private static double Deviation(double[] values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1));
    }

    private static double Mean(PointCloud points, int j) =>
        points.Values.ToArray().Where((_, i) => i % points.Dimensions == j).Average(v => (double)v);

    private static (double A, double B, double C) Covariance(PointCloud points)
    {
        double[] Centred(int j) =>
            [.. points.Values.ToArray().Where((_, i) => i % 2 == j).Select(v => v - Mean(points, j))];
        double Of(double[] u, double[] v) => u.Zip(v, (a, b) => a * b).Sum() / (points.Count - 1);
        (double[] x, double[] y) = (Centred(0), Centred(1));
        return (Of(x, x), Of(x, y), Of(y, y));
    }

    private static PointCloud Axes(double[] lengths, float[] shift) => new(
        Enumerable.Range(0, 2 * lengths.Length).SelectMany(i => lengths.Select(
            (length, j) => shift[j] + (i / 2 == j ? (float)(i % 2 == 0 ? length : -length) : 0))).ToArray(),
        lengths.Length);

    private static PointCloud Normal(
        int count, int features, int seed, Func<float, int, float>? change = null, Func<int, float>? place = null)
    {
        var values = new float[count * features];
        new PhiloxStreams(seed).Normal(RandomPurpose.Data, 0, count, 0, values);
        return new(
            values.Select((v, i) =>
                (change?.Invoke(v, i % features) ?? v) + (place?.Invoke(i / features) ?? 0)).ToArray(),
            features);
    }
}
