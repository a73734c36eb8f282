using Diffusion.Sdk.Numerics;

namespace Diffusion.Sdk.Tests.Numerics;

/// <summary>
/// Distribution of the streams. Seeds are fixed, so these hold or fail for good; bounds are about 4 standard errors.
/// </summary>
public class PhiloxStatisticsTests
{
    private const int Count = 400_000;
    private static readonly PhiloxStreams s_streams = new(2026);

    [Fact]
    public void Normal_Many_HasTheMomentsOfTheStandardNormal()
    {
        double[] z = Normals(RandomPurpose.InitialNoise, 0, 0);

        Assert.Equal(0, z.Average(), 0.0064);
        Assert.Equal(1, z.Average(v => v * v), 0.009);
        Assert.Equal(0, z.Average(v => v * v * v), 0.025);
        Assert.Equal(3, z.Average(v => v * v * v * v), 0.062);
    }

    [Fact]
    public void Normal_Many_PassesKolmogorovSmirnov()
    {
        double[] z = Normals(RandomPurpose.InitialNoise, 0, 1);
        Array.Sort(z);

        double largest = z.Select((v, i) => Math.Abs(NormalCdf(v) - (i + 0.5) / Count)).Max();

        Assert.InRange(largest * Math.Sqrt(Count), 0.3, 1.63); // 99% point, and not suspiciously even
    }

    [Fact]
    public void Normal_Many_HasTheTails()
    {
        double[] z = Normals(RandomPurpose.InitialNoise, 0, 2);

        // P(|z| > 3) = 0.0026998, P(|z| > 4) = 6.334e-5
        Assert.InRange(z.Count(v => Math.Abs(v) > 3), 950, 1210);
        Assert.InRange(z.Count(v => Math.Abs(v) > 4), 8, 46);
    }

    [Theory]
    [InlineData(RandomPurpose.StepNoise, 0, 0)]
    [InlineData(RandomPurpose.InitialNoise, 1_000_000, 0)]
    [InlineData(RandomPurpose.InitialNoise, 1L << 32, 0)]
    [InlineData(RandomPurpose.InitialNoise, 0, 1)]
    [InlineData(RandomPurpose.InitialNoise, 0, 1L << 32)]
    [InlineData(RandomPurpose.InitialNoise, 1, 0)]
    public void Normal_AnotherPurposeItemOrStep_IsIndependent(RandomPurpose purpose, long item, long step)
    {
        double[] a = Normals(RandomPurpose.InitialNoise, 0, 0);
        double[] b = Normals(purpose, item, step);

        Assert.Equal(0, Correlation(a, b), 0.0064);
        Assert.Equal(0, Correlation([.. a.Select(v => v * v)], [.. b.Select(v => v * v)]), 0.0064);
    }

    [Fact]
    public void Normal_NeighboursAndSeeds_AreIndependent()
    {
        double[] z = Normals(RandomPurpose.InitialNoise, 0, 0);
        var other = new float[Count];
        new PhiloxStreams(2027).Normal(RandomPurpose.InitialNoise, 0, Count / 4, 0, other);

        Assert.Equal(0, Correlation(z[..^1], z[1..]), 0.0064);
        Assert.Equal(0, Correlation(z[..^2], z[2..]), 0.0064);
        Assert.Equal(0, Correlation(z, [.. other.Select(v => (double)v)]), 0.0064);
    }

    [Fact]
    public void Uniform_Many_IsInRangeAndPassesKolmogorovSmirnov()
    {
        var u = new float[Count];
        s_streams.Uniform(RandomPurpose.LabelDropout, 0, Count, 0, u);
        Array.Sort(u);

        double largest = u.Select((v, i) => Math.Abs(v - (i + 0.5) / Count)).Max();

        Assert.True(u[0] >= 0f && u[^1] < 1f);
        Assert.InRange(largest * Math.Sqrt(Count), 0.3, 1.63);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(300)]
    [InlineData(1000)]
    public void Integers_Many_AreEvenlySpread(int upper)
    {
        var draws = new long[Count];
        s_streams.Integers(RandomPurpose.Timesteps, 0, Count, upper, upper, draws);

        var counts = new double[upper];
        foreach (long draw in draws)
        {
            counts[draw]++;
        }
        double expected = (double)Count / upper;
        double chiSquare = counts.Sum(c => (c - expected) * (c - expected) / expected);
        double deviation = Math.Sqrt(2.0 * (upper - 1));
        Assert.InRange(chiSquare, upper - 1 - 4 * deviation, upper - 1 + 4 * deviation);
    }

    [Fact]
    public void Permutation_Many_PutsEveryNumberEverywhereEquallyOften()
    {
        const int epochs = 6000;
        var counts = new double[4, 4];
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            int[] order = s_streams.Permutation(RandomPurpose.Order, 4, epoch);
            for (int place = 0; place < 4; place++)
            {
                counts[place, order[place]]++;
            }
        }
        Assert.All(counts.Cast<double>(), count => Assert.Equal(epochs / 4.0, count, 135.0));
    }

    private static double[] Normals(RandomPurpose purpose, long item, long step)
    {
        var values = new float[Count];
        s_streams.Normal(purpose, item, Count / 4, step, values);
        return [.. values.Select(v => (double)v)];
    }

    private static double Correlation(double[] a, double[] b)
    {
        (double meanA, double meanB) = (a.Average(), b.Average());
        double covariance = a.Zip(b, (x, y) => (x - meanA) * (y - meanB)).Average();
        return covariance / Math.Sqrt(
            a.Average(x => (x - meanA) * (x - meanA)) * b.Average(y => (y - meanB) * (y - meanB)));
    }

    // Abramowitz and Stegun 7.1.26; absolute error below 1.5e-7.
    private static double NormalCdf(double z)
    {
        double x = Math.Abs(z) / Math.Sqrt(2);
        double t = 1 / (1 + 0.3275911 * x);
        double tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
            * Math.Exp(-x * x);
        return z >= 0 ? 1 - tail / 2 : tail / 2;
    }
}
