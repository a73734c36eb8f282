using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Operators;

public class FromDataTests : TensorTest
{
    [Fact]
    public void Tensor_OfEveryFloatForm_HasTypeShapeAndValues()
    {
        float x = 1.5f, y = -2f;

        AssertHolds(ScalarType.Float32, [x, y, y, x],
            tensor([x, y, y, x]),
            tensor([x, y, y, x], [2, 2]),
            tensor(new Memory<float>([x, y, y, x]), [2, 2]),
            tensor(new float[,] { { x, y }, { y, x } }),
            tensor(new float[,,] { { { x, y }, { y, x } } }),
            tensor(new float[,,,] { { { { x }, { y } }, { { y }, { x } } } }));
        AssertHolds(ScalarType.Float32, [x], tensor(x).reshape(1));
    }

    [Fact]
    public void Tensor_OfEveryDoubleForm_HasTypeShapeAndValues()
    {
        double x = 1.5, y = -2;

        AssertHolds(ScalarType.Float64, [x, y, y, x],
            tensor([x, y, y, x]),
            tensor([x, y, y, x], [2, 2]),
            tensor(new Memory<double>([x, y, y, x]), [2, 2]),
            tensor(new double[,] { { x, y }, { y, x } }),
            tensor(new double[,,] { { { x, y }, { y, x } } }),
            tensor(new double[,,,] { { { { x }, { y } }, { { y }, { x } } } }));
        AssertHolds(ScalarType.Float64, [x], tensor(x).reshape(1));
    }

    [Fact]
    public void Tensor_OfEveryLongForm_HasTypeShapeAndValues()
    {
        long x = 1L, y = -2L;

        AssertHolds(ScalarType.Int64, [x, y, y, x],
            tensor([x, y, y, x]),
            tensor([x, y, y, x], [2, 2]),
            tensor(new Memory<long>([x, y, y, x]), [2, 2]),
            tensor(new long[,] { { x, y }, { y, x } }),
            tensor(new long[,,] { { { x, y }, { y, x } } }),
            tensor(new long[,,,] { { { { x }, { y } }, { { y }, { x } } } }));
        AssertHolds(ScalarType.Int64, [x], tensor(x).reshape(1));
    }

    [Fact]
    public void Tensor_OfEveryIntForm_HasTypeShapeAndValues()
    {
        int x = 1, y = -2;

        AssertHolds(ScalarType.Int32, [x, y, y, x],
            tensor([x, y, y, x]),
            tensor([x, y, y, x], [2, 2]),
            tensor(new Memory<int>([x, y, y, x]), [2, 2]),
            tensor(new int[,] { { x, y }, { y, x } }),
            tensor(new int[,,] { { { x, y }, { y, x } } }),
            tensor(new int[,,,] { { { { x }, { y } }, { { y }, { x } } } }));
        AssertHolds(ScalarType.Int32, [x], tensor(x).reshape(1));
    }

    [Fact]
    public void Tensor_OfEveryBoolForm_HasTypeShapeAndValues()
    {
        bool x = true, y = false;

        AssertHolds(ScalarType.Bool, [x, y, y, x],
            tensor([x, y, y, x]),
            tensor([x, y, y, x], [2, 2]),
            tensor(new bool[,] { { x, y }, { y, x } }),
            tensor(new bool[,,] { { { x, y }, { y, x } } }),
            tensor(new bool[,,,] { { { { x }, { y } }, { { y }, { x } } } }));
        AssertHolds(ScalarType.Bool, [x], tensor(x).reshape(1));
    }

    [Fact]
    public void Tensor_OfBytes_HasTypeShapeAndValues()
    {
        AssertHolds<byte>(ScalarType.Byte, [1, 200], tensor(new byte[] { 1, 200 }),
            tensor(new byte[] { 1, 200 }, [2, 1]),
            tensor(new Memory<byte>([1, 200]), [1, 2]));
        AssertHolds<byte>(ScalarType.Byte, [7], tensor((byte)7).reshape(1));
    }

    [Fact]
    public void Tensor_WithAnotherType_IsConverted()
    {
        AssertHolds(ScalarType.Float32, [1f, 2f], tensor([1L, 2L], dtype: ScalarType.Float32));
        Assert.True(tensor([1.0, 2.0], requires_grad: true).requires_grad);
    }

    [Fact]
    public void Tensor_OfAnArray_CopiesIt()
    {
        float[] values = [1, 2];
        Tensor copy = tensor(values);
        values[0] = 9;

        Assert.Equal(1, copy[0].item<float>());
    }

    [Fact]
    public void Tensor_WithDimensionsThatDoNotFit_SaysSo() =>
        Assert.ThrowsAny<Exception>(() => tensor(new float[] { 1, 2, 3 }, [2, 2]));

    [Fact]
    public void FromArray_OfTwoDimensions_KeepsShapeAndType()
    {
        AssertHolds(ScalarType.Int32, [1, 2], from_array(new int[,] { { 1, 2 } }));
        AssertHolds(ScalarType.Float64, [1.0, 2.0], from_array(new int[,] { { 1, 2 } }, ScalarType.Float64));
    }

    [Fact]
    public void FromBuffer_WithOffset_TakesThePart() =>
        AssertHolds(ScalarType.Float32, [2f, 3f], frombuffer(new float[] { 1, 2, 3, 4 }, ScalarType.Float32, 2, 4));

    private static void AssertHolds<T>(ScalarType type, T[] values, params Tensor[] tensors)
        where T : unmanaged
    {
        foreach (Tensor tensor in tensors)
        {
            Assert.Equal(type, tensor.dtype);
            Assert.Equal(values, tensor.data<T>().ToArray());
        }
    }
}
