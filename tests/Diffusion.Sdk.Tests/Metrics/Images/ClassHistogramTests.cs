using Diffusion.Sdk.Metrics;
using Diffusion.Sdk.Numerics;

namespace Diffusion.Sdk.Tests.Metrics;

public class ClassHistogramTests
{
    [Fact]
    public void Of_Labels_CountsThem()
    {
        ClassHistogram histogram = ClassHistogram.Of([0, 2, 2, 3], 5);

        Assert.Equal([1, 0, 2, 1, 0], histogram.Counts);
        Assert.Equal([0.25, 0, 0.5, 0.25, 0], histogram.Shares);
        Assert.Equal(4, histogram.Total);
        Assert.Equal("25.0 0.0 50.0 25.0 0.0", histogram.ToString());
    }

    [Fact]
    public void DistanceTo_KnownShares_IsTheShareThatWouldChangeClass()
    {
        var a = new ClassHistogram([5, 5, 0, 0]);
        var b = new ClassHistogram([1, 1, 1, 1]);

        Assert.Equal(0.5, a.DistanceTo(b), 1e-12);
        Assert.Equal(0.5, a.DistanceToUniform(), 1e-12);
        Assert.Equal(0, b.DistanceToUniform(), 1e-12);
        Assert.Equal(1, a.DistanceTo(new ClassHistogram([0, 0, 3, 4])), 1e-12);
    }

    [Fact]
    public void Compare_SameAndSkewedClasses_StandBelowAndAboveTheFloor()
    {
        ClassHistogram real = Draw(10_000, 1, label => label);
        ClassHistogram same = Draw(1000, 2, label => label);
        ClassHistogram skewed = Draw(1000, 3, label => label < 2 ? 5 : label);

        MetricResult good = ClassHistogram.Compare(same, real);
        MetricResult bad = ClassHistogram.Compare(skewed, real);

        Assert.InRange(good.Value, 0.01, 0.06);
        Assert.InRange(good.Floor, 0.02, 0.06); // sqrt(10 / (2 pi 1000)) = 0.04
        Assert.Equal(0.2, bad.Value, 0.03);
        Assert.True(bad.Lower > good.Upper);
        Assert.InRange(bad.Deviation, 0.005, 0.03);
        Assert.Equal(good.Floor, bad.Floor);
        Assert.Equal(bad, ClassHistogram.Compare(skewed, real));
    }

    [Fact]
    public void Histogram_WrongInput_SaysWhatAndWhere()
    {
        Assert.Throws<ArgumentException>(() => new ClassHistogram([]));
        Assert.Throws<ArgumentException>(() => new ClassHistogram([0, 0]));
        Assert.Throws<ArgumentException>(() => new ClassHistogram([3, -1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClassHistogram.Of([0], 0));
        ArgumentException label = Assert.Throws<ArgumentException>(() => ClassHistogram.Of([0, 7], 5));
        Assert.StartsWith("Sample 1 has the label 7; expected one in [0, 5).", label.Message, StringComparison.Ordinal);
        ArgumentException classes = Assert.Throws<ArgumentException>(
            () => new ClassHistogram([1, 2]).DistanceTo(new ClassHistogram([1, 2, 3])));
        Assert.StartsWith("One histogram has 2 classes, the other 3.", classes.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ClassHistogram.Compare(new([1]), new([1])));
    }

    private static ClassHistogram Draw(int count, int seed, Func<long, long> change)
    {
        var labels = new long[count];
        new PhiloxStreams(seed).Integers(RandomPurpose.Data, 0, count, 0, 10, labels);
        return ClassHistogram.Of(Array.ConvertAll(labels, label => change(label)), 10);
    }
}
