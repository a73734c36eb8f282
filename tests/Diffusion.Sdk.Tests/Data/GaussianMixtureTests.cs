using Diffusion.Sdk.Data;
using FsCheck;
using FsCheck.Fluent;

namespace Diffusion.Sdk.Tests.Data;

public class GaussianMixtureTests
{
    private static readonly GaussianMixture s_tutorial = GaussianMixture.Tutorial;

    [Fact]
    public void Tutorial_Always_HasTheWeightsMeansAndCovariancesOfTheText()
    {
        Assert.Equal(2, s_tutorial.Dimensions);
        Assert.All(s_tutorial.Components, component => Assert.Equal(1.0 / 3, component.Weight, 1e-15));
        Assert.Equal([[0, 0], [6, 6], [-4, 5]], s_tutorial.Components.Select(component => component.Mean.ToArray()));
        Assert.Equal(new[,] { { 1, 0.5 }, { 0.5, 1 } }, s_tutorial.Components[0].GetCovariance());
        Assert.Equal(new[,] { { 1.5, -0.7 }, { -0.7, 1.5 } }, s_tutorial.Components[1].GetCovariance());
        Assert.Equal(new[,] { { 0.8, 0 }, { 0, 2 } }, s_tutorial.Components[2].GetCovariance());
    }

    [Fact]
    public void SampleEvenly_Many_HaveEachComponentsMeanAndCovariance()
    {
        const int each = 20_000;
        float[,] points = s_tutorial.SampleEvenly(each, seed: 1);

        for (int k = 0; k < 3; k++)
        {
            float[] own = [.. points.Cast<float>().Skip(2 * k * each).Take(2 * each)];
            RecoveredComponent found = MixtureRecovery.Of(new GaussianMixture([s_tutorial.Components[k]]), own).Components[0];
            Assert.InRange(found.MeanError, 0, 0.035);
            AssertClose(s_tutorial.Components[k].GetCovariance(), found.GetCovariance(), 0.06);
        }
    }

    [Fact]
    public void Sample_Many_DrawsComponentsByWeightAndIsTheSameForAnyCount()
    {
        GaussianMixture line = GaussianMixture.OnLine((1, -10, 0.5), (3, 10, 2));

        float[,] points = line.Sample(20_000, seed: 7);

        double[] left = [.. points.Cast<float>().Where(x => x < 0).Select(x => (double)x)];
        Assert.Equal(0.25, left.Length / 20_000.0, 0.012);
        Assert.Equal(-10, left.Average(), 0.03);
        Assert.Equal(line.Sample(10, seed: 7).Cast<float>(), points.Cast<float>().Take(10));
        Assert.NotEqual(line.Sample(10, seed: 8).Cast<float>(), points.Cast<float>().Take(10));
    }

    [Fact]
    public void Density_OneGaussianOrMixture_IsTheFormula()
    {
        GaussianMixture line = GaussianMixture.OnLine((0.25, -1, 0.5), (0.75, 2, 2));
        double expected = 0.25 * Normal(0.3, -1, 0.5) + 0.75 * Normal(0.3, 2, 2);
        // covariance [[1, 0.5], [0.5, 1]]: determinant 0.75, inverse [[4/3, -2/3], [-2/3, 4/3]]
        double plane = Math.Exp(-0.5 * (4.0 / 3 * (1 + 4) - 2 * 2.0 / 3 * 1 * 2)) / (2 * Math.PI * Math.Sqrt(0.75));

        Assert.Equal(expected, line.Density([0.3]), 1e-14);
        Assert.Equal(Math.Log(expected), line.LogDensity([0.3]), 1e-13);
        Assert.Equal(plane, new GaussianMixture([s_tutorial.Components[0]]).Density([1, 2]), 1e-14);
        Assert.Equal(1, Enumerable.Range(-2000, 4001).Sum(i => line.Density([i * 0.01]) * 0.01), 1e-9);
        Assert.True(double.IsFinite(s_tutorial.LogDensity([1e6, 1e6])));
    }

    [Fact]
    public void Score_AnyPoint_IsTheGradientOfTheLogDensity() => Prop.ForAll(
        Gen.Choose(-8000, 10000).Zip(Gen.Choose(-8000, 10000)).ToArbitrary(),
        input =>
        {
            (double x, double y) = (input.Item1 / 1000.0, input.Item2 / 1000.0);
            var score = new float[2];
            s_tutorial.Score([(float)x, (float)y], score);
            const double h = 1e-5;
            double dx = (s_tutorial.LogDensity([x + h, y]) - s_tutorial.LogDensity([x - h, y])) / (2 * h);
            double dy = (s_tutorial.LogDensity([x, y + h]) - s_tutorial.LogDensity([x, y - h])) / (2 * h);
            return Math.Abs(dx - score[0]) < 1e-4 * (1 + Math.Abs(dx))
                && Math.Abs(dy - score[1]) < 1e-4 * (1 + Math.Abs(dy));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Noised_AnyAmount_HasScaledMeansAndWidenedCovariances()
    {
        GaussianMixture noised = s_tutorial.Noised(0.36);

        Assert.Equal([0.6 * 6, 0.6 * 6], noised.Components[1].Mean.ToArray(), Close);
        AssertClose(
            new[,] { { 0.36 * 1.5 + 0.64, 0.36 * -0.7 }, { 0.36 * -0.7, 0.36 * 1.5 + 0.64 } },
            noised.Components[1].GetCovariance(),
            1e-14);
        Assert.Equal(s_tutorial.Density([1, 2]), s_tutorial.Noised(1).Density([1, 2]), 1e-15);
        Assert.Equal(Normal(0.5, 0, 1) * Normal(-1, 0, 1), s_tutorial.Noised(0).Density([0.5, -1]), 1e-15);
    }

    // Tweedie: E[x_0 | x_t] = (x_t + (1 - alpha_bar) score) / sqrt(alpha_bar), another road to the same mean.
    [Theory]
    [InlineData(0.999)]
    [InlineData(0.5)]
    [InlineData(0.01)]
    public void PosteriorMeanAndNoise_AnyAmount_AgreeWithTweedie(double alphaBar)
    {
        float[] points = [.. s_tutorial.Noised(alphaBar).Sample(50, 3).Cast<float>()];
        var mean = new float[points.Length];
        var noise = new float[points.Length];
        var score = new float[points.Length];

        s_tutorial.PosteriorMean(points, alphaBar, mean);
        s_tutorial.PosteriorNoise(points, alphaBar, noise);
        s_tutorial.Noised(alphaBar).Score(points, score);

        for (int i = 0; i < points.Length; i++)
        {
            Assert.Equal((points[i] + (1 - alphaBar) * score[i]) / Math.Sqrt(alphaBar), mean[i], 2e-5);
            Assert.Equal(points[i], Math.Sqrt(alphaBar) * mean[i] + Math.Sqrt(1 - alphaBar) * noise[i], 2e-5);
        }
    }

    [Fact]
    public void PosteriorMean_NoNoiseOrNoiseOnly_IsThePointOrTheMixturesMean()
    {
        var mean = new float[2];

        s_tutorial.PosteriorMean([1.25f, -2.5f], 1, mean);
        Assert.Equal([1.25f, -2.5f], mean, (a, b) => Math.Abs(a - b) < 1e-6);
        s_tutorial.PosteriorMean([1.25f, -2.5f], 0, mean);

        Assert.Equal([2 / 3f, 11 / 3f], mean, (a, b) => Math.Abs(a - b) < 1e-6);
    }

    // E[x_0 | x_t] makes the smallest squared error: no constant shift or stretch of it does better.
    [Fact]
    public void PosteriorMean_ManyPairs_HasErrorsThatAverageOutAndAreUncorrelated()
    {
        const int count = 50_000;
        const double alphaBar = 0.3;
        float[] clean = [.. s_tutorial.Sample(count, 11).Cast<float>()];
        var noise = new float[2 * count];
        new Sdk.Numerics.PhiloxStreams(12).Normal(Sdk.Numerics.RandomPurpose.TrainingNoise, 0, count, 0, noise);
        float[] noisy = [.. clean.Zip(noise, (x, e) => (float)(Math.Sqrt(alphaBar) * x + Math.Sqrt(1 - alphaBar) * e))];
        var mean = new float[2 * count];

        s_tutorial.PosteriorMean(noisy, alphaBar, mean);

        double[] error = [.. clean.Zip(mean, (x, m) => (double)x - m)];
        Assert.Equal(0, error.Average(), 0.02);
        Assert.Equal(0, error.Zip(mean, (e, m) => e * m).Average(), 0.08);
    }

    [Fact]
    public void Ring_Default_HasEightEqualComponentsOnTheCircle()
    {
        GaussianMixture ring = GaussianMixture.Ring(8, 3, 0.2);

        Assert.Equal(8, ring.Components.Count);
        Assert.Equal([3.0, 0.0], ring.Components[0].Mean);
        Assert.All(
            ring.Components, c => Assert.Equal(3, Math.Sqrt(c.Mean[0] * c.Mean[0] + c.Mean[1] * c.Mean[1]), 1e-12));
        Assert.All(ring.Components, c => AssertClose(new[,] { { 0.04, 0 }, { 0, 0.04 } }, c.GetCovariance(), 1e-15));
    }

    [Fact]
    public void Responsibilities_AtAMeanOrFarAway_AreProbabilities()
    {
        Assert.True(s_tutorial.Responsibilities([6, 6])[1] > 0.999);
        Assert.Equal(1, s_tutorial.Responsibilities([1e5, -1e5]).Sum(), 1e-12);
    }

    [Fact]
    public void Constructors_WrongInput_SayWhatAndWhich()
    {
        double[,] unit = { { 1, 0 }, { 0, 1 } };
        AssertError("There are no components; expected at least 1.", () => _ = new GaussianMixture([]));
        AssertError("Component 1 has 1 dimensions, but component 0 has 2.",
            () => _ = new GaussianMixture([new(1, [0, 0], unit), new(1, [0], new[,] { { 1.0 } })]));
        AssertError(
            "The weight is 0; expected a finite number above 0.", () => _ = new GaussianComponent(0, [0, 0], unit));
        AssertError(
            "The weight is NaN; expected a finite number above 0.",
            () => _ = new GaussianComponent(double.NaN, [0, 0], unit));
        AssertError(
            "The mean is []; expected finite numbers, at least one.", () => _ = new GaussianComponent(1, [], unit));
        AssertError(
            "The mean is [0, NaN]; expected finite numbers", () => _ = new GaussianComponent(1, [0, double.NaN], unit));
        AssertError(
            "The covariance is [2, 2], but the mean has 3 dimensions.",
            () => _ = new GaussianComponent(1, [0, 0, 0], unit));
        AssertError("The covariance [[1, 0.5], [0.4, 1]] is not symmetric.",
            () => _ = new GaussianComponent(1, [0, 0], new[,] { { 1, 0.5 }, { 0.4, 1 } }));
        AssertError("The covariance [[1, 2], [2, 1]] is not positive definite.",
            () => _ = new GaussianComponent(1, [0, 0], new double[,] { { 1, 2 }, { 2, 1 } }));
        AssertError(
            "The covariance [[NaN]] is not positive definite.",
            () => _ = new GaussianComponent(1, [0], new[,] { { double.NaN } }));
        AssertError("alphaBar must be in [0, 1].", () => s_tutorial.Noised(1.5));
        AssertError("The point has 3 dimensions, but the mixture 2.", () => s_tutorial.Density([1, 2, 3]));
        AssertError(
            "3 numbers in and 3 out; expected equally many, points of 2 dimensions.",
            () => s_tutorial.Score(new float[3], new float[3]));
        AssertError("4 numbers in and 2 out", () => s_tutorial.Score(new float[4], new float[2]));
        AssertError("count ('0')", () => s_tutorial.Sample(0, 1));
    }

    private static bool Close(double a, double b) => Math.Abs(a - b) < 1e-12;

    private static double Normal(double x, double mean, double deviation) =>
        Math.Exp(-0.5 * (x - mean) * (x - mean) / (deviation * deviation)) / (deviation * Math.Sqrt(2 * Math.PI));

    private static void AssertClose(double[,] expected, double[,] actual, double tolerance) =>
        Assert.All(
            expected.Cast<double>().Zip(actual.Cast<double>()),
            pair => Assert.Equal(pair.First, pair.Second, tolerance));

    private static void AssertError(string message, Action action) =>
        Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
}
