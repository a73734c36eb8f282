using Diffusion.Sdk.Numerics;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Numerics;

public sealed class TensorRandomTests : TensorTest
{
    private readonly PhiloxStreams _streams = new(5);

    [Fact]
    public void Normal_AnyShape_HoldsTheNumbersOfTheStreams()
    {
        var expected = new float[24];
        _streams.Normal(RandomPurpose.StepNoise, 10, 2, 7, expected);

        using Tensor actual = _streams.Normal(RandomPurpose.StepNoise, 10, [2, 3, 4], 7);

        Assert.Equal([2L, 3, 4], actual.shape);
        Assert.Equal(expected, actual.data<float>().ToArray());
    }

    [Fact]
    public void FillNormal_GivenTensor_OverwritesItWithoutMakingAnother()
    {
        using Tensor target = zeros([3, 5]);
        long before = Tensor.TotalCount;

        _streams.FillNormal(RandomPurpose.StepNoise, 0, 1, target);

        Assert.Equal(before, Tensor.TotalCount);
        using Tensor expected = _streams.Normal(RandomPurpose.StepNoise, 0, [3, 5], 1);
        Assert.Equal(expected.data<float>().ToArray(), target.data<float>().ToArray());
    }

    [Fact]
    public void Integers_Any_HoldsTheNumbersOfTheStreams()
    {
        var expected = new long[9];
        _streams.Integers(RandomPurpose.Timesteps, 3, 9, 2, 500, expected);

        using Tensor actual = _streams.Integers(RandomPurpose.Timesteps, 3, 9, 2, 500);

        Assert.Equal(expected, actual.data<long>().ToArray());
    }

    [Fact]
    public void NormalAndFillNormal_WrongShapeOrType_SayWhichAndLeaveNoTensor()
    {
        using Tensor integers = zeros([3], dtype: ScalarType.Int64);
        long before = Tensor.TotalCount;

        var shape = Assert.Throws<ArgumentException>(() => _streams.Normal(RandomPurpose.Data, 0, [0, 2], 0));
        var type = Assert.Throws<ArgumentException>(() => _streams.FillNormal(RandomPurpose.Data, 0, 0, integers));
        Assert.Throws<ArgumentOutOfRangeException>(() => _streams.Normal(RandomPurpose.Data, -1, [1, 2], 0));

        Assert.StartsWith("shape [0, 2] must have sizes of at least 1.", shape.Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "destination must be float32 [N, ...] with N at least 1, but is Int64 [3].",
            type.Message,
            StringComparison.Ordinal);
        Assert.Equal(before, Tensor.TotalCount);
    }
}
