using TorchSharp.Aten.Tests.Recorded;
using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Operators;

public class FactoryTests : TensorTest
{
    [Fact]
    public void Zeros_EveryOverload_HasShapeAndValue() => AssertFilled(
        0, zeros(2), zeros(2, 3), zeros(2, 3, 4), zeros(2, 3, 4, 5), zeros([2, 3, 4, 5, 6]));

    [Fact]
    public void Ones_EveryOverload_HasShapeAndValue() => AssertFilled(
        1, ones(2), ones(2, 3), ones(2, 3, 4), ones(2, 3, 4, 5), ones([2, 3, 4, 5, 6]));

    [Fact]
    public void Full_EveryOverload_HasShapeAndValue()
    {
        Scalar value = 1.5;
        AssertFilled(1.5, full(2, value), full(2, 3, value), full(2, 3, 4, value), full(2, 3, 4, 5, value),
            full([2, 3, 4, 5, 6], value));
    }

    [Fact]
    public void Empty_EveryOverload_HasShape()
    {
        Tensor[] made = [empty(2), empty(2, 3), empty(2, 3, 4), empty(2, 3, 4, 5), empty([2, 3, 4, 5, 6])];
        foreach (Tensor tensor in made)
        {
            tensor.fill_(7);
        }
        AssertFilled(7, made);
    }

    [Fact]
    public void Factories_WithTypeAndGradient_HaveThem()
    {
        Tensor made = zeros([2], dtype: ScalarType.Float64, device: CPU, requires_grad: true);

        Assert.Equal(ScalarType.Float64, made.dtype);
        Assert.True(made.requires_grad);
        Assert.Equal(DeviceType.CPU, made.device_type);
    }

    [Fact]
    public void Arange_EveryOverload_CountsInTheTypeOfItsNumbers()
    {
        Assert.Equal([0, 1, 2], arange(3).data<long>().ToArray());
        Assert.Equal([2, 3, 4], arange(2, 5).data<long>().ToArray());
        Assert.Equal([0.5f, 0.75f], arange(0.5, 1, 0.25).data<float>().ToArray());
        Assert.Equal(ScalarType.Float64, arange(3, dtype: ScalarType.Float64).dtype);
    }

    [Fact]
    public void Linspace_FiveSteps_IncludesBothEnds() =>
        Assert.Equal([-1, -0.5, 0, 0.5, 1], linspace(-1, 1, 5, dtype: ScalarType.Float64).data<double>().ToArray());

    [Fact]
    public void Eye_SquareAndNot_HasOnesOnTheDiagonal()
    {
        Assert.Equal([1, 0, 0, 1], eye(2).data<float>().ToArray());
        Assert.Equal([1, 0, 0, 0, 1, 0], eye(2, 3).data<float>().ToArray());
    }

    [Fact]
    public void DefaultType_Set_IsWhatFactoriesUse()
    {
        ScalarType before = get_default_dtype();
        try
        {
            set_default_dtype(ScalarType.Float64);
            Assert.Equal(ScalarType.Float64, ones(2).dtype);
            Assert.Equal(ScalarType.Float64, get_default_dtype());
        }
        finally
        {
            set_default_dtype(before);
        }
        Assert.Equal(ScalarType.Float32, ones(2).dtype);
    }

    [Fact]
    public void ScalarTypes_AskedForTheirKind_Answer()
    {
        Assert.True(is_floating_point(ScalarType.BFloat16) && !is_floating_point(ScalarType.Int64));
        Assert.True(is_integral(ScalarType.Int32) && !is_integral(ScalarType.Float32));
        Assert.True(is_complex(ScalarType.ComplexFloat32) && !is_complex(ScalarType.Float32));
    }

    [Fact]
    public void Device_FromTextAndFromType_IsTheSame()
    {
        Assert.Equal(device("cuda:1").ToString(), device(DeviceType.CUDA, 1).ToString());
        Assert.Equal(DeviceType.CPU, device("cpu").type);
        Assert.ThrowsAny<Exception>(() => device("toaster"));
    }

    private static void AssertFilled(double value, params Tensor[] made)
    {
        for (int k = 0; k < made.Length; k++)
        {
            Assert.Equal(Enumerable.Range(2, k + 1).Select(size => (long)size), made[k].shape);
            Assert.All(RecordedTensor.Numbers(made[k]), number => Assert.Equal(value, number));
        }
    }
}
