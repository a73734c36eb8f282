using Diffusion.Sdk.Data;

namespace Diffusion.Sdk.Tests.Data;

public class PointSetsTests
{
    [Fact]
    public void Tutorial_AnySeed_Has100PointsOfEachComponentInOrder()
    {
        float[,] points = PointSets.Tutorial(5);

        Assert.Equal(300, points.GetLength(0));
        Assert.Equal(GaussianMixture.Tutorial.SampleEvenly(100, 5).Cast<float>(), points.Cast<float>());
        Assert.Equal(6, Enumerable.Range(100, 100).Average(i => points[i, 0]), 0.5);
        Assert.NotEqual(PointSets.Tutorial(6).Cast<float>(), points.Cast<float>());
    }

    [Fact]
    public void SwissRoll_NoNoise_LiesOnTheSpiral()
    {
        float[,] points = PointSets.SwissRoll(500, 1, noise: 0);

        for (int i = 0; i < 500; i++)
        {
            double t = Math.Sqrt(points[i, 0] * points[i, 0] + points[i, 1] * points[i, 1]);
            Assert.InRange(t, 1.5 * Math.PI - 1e-4, 4.5 * Math.PI + 1e-4);
            Assert.Equal(t * Math.Cos(t), points[i, 0], 1e-4);
            Assert.Equal(t * Math.Sin(t), points[i, 1], 1e-4);
        }
    }

    [Fact]
    public void Moons_NoNoise_LieOnTheTwoHalfCircles()
    {
        float[,] points = PointSets.Moons(500, 1, noise: 0);

        for (int i = 0; i < 500; i++)
        {
            (double x, double y) = i % 2 == 0 ? (points[i, 0], points[i, 1]) : (1 - points[i, 0], 0.5 - points[i, 1]);
            Assert.Equal(1, x * x + y * y, 1e-5);
            Assert.True(y >= -1e-6);
        }
    }

    [Fact]
    public void Curves_WithNoise_AreSpreadByItAndTheSameForAnyCount()
    {
        float[,] clean = PointSets.Moons(4000, 3, noise: 0);
        float[,] noisy = PointSets.Moons(4000, 3, noise: 0.2);

        double squared = clean.Cast<float>().Zip(noisy.Cast<float>(), (a, b) => (double)(a - b) * (a - b)).Average();
        Assert.Equal(0.2, Math.Sqrt(squared), 0.01);
        Assert.Equal(PointSets.Moons(7, 3, noise: 0.2).Cast<float>(), noisy.Cast<float>().Take(14));
        Assert.Equal(PointSets.SwissRoll(7, 3).Cast<float>(), PointSets.SwissRoll(70, 3).Cast<float>().Take(14));
    }

    [Fact]
    public void Curves_WrongInput_SayWhich()
    {
        var count = Assert.Throws<ArgumentOutOfRangeException>(() => PointSets.SwissRoll(0, 1));
        var noise = Assert.Throws<ArgumentOutOfRangeException>(() => PointSets.Moons(1, 1, -0.5));
        var nan = Assert.Throws<ArgumentOutOfRangeException>(() => PointSets.SwissRoll(1, 1, double.NaN));

        Assert.Contains("count ('0')", count.Message, StringComparison.Ordinal);
        Assert.Contains("noise is -0.5; expected a finite number", noise.Message, StringComparison.Ordinal);
        Assert.Contains("noise is NaN; expected a finite number", nan.Message, StringComparison.Ordinal);
    }
}
