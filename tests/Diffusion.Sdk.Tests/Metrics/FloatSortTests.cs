using Diffusion.Sdk.Metrics;
using FsCheck;
using FsCheck.Fluent;

namespace Diffusion.Sdk.Tests.Metrics;

public class FloatSortTests
{
    [Fact]
    public void Sort_AnyFiniteValues_OrdersThem() => Prop.ForAll(
        ArbMap.Default.ArbFor<float[]>(),
        values =>
        {
            float[] expected = [.. values.Where(float.IsFinite)];
            float[] actual = [.. expected];
            Array.Sort(expected);
            new FloatSort(actual.Length + 3).Sort(actual);
            return expected.SequenceEqual(actual);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Sort_ExtremesAndReuse_OrdersThem()
    {
        var sort = new FloatSort(8);
        float[] values = [0f, float.MaxValue, -1f, float.Epsilon, -float.MaxValue, 1e-30f, -float.Epsilon, 1f];

        sort.Sort(values);
        Assert.Equal([-float.MaxValue, -1f, -float.Epsilon, 0f, float.Epsilon, 1e-30f, 1f, float.MaxValue], values);

        float[] fewer = [3f, -2f];
        sort.Sort(fewer);
        Assert.Equal([-2f, 3f], fewer);
    }
}
