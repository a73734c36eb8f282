using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Operators;

public class MetadataTests : TensorTest
{
    [Fact]
    public void ShapeAndStrides_OfATranspose_AreSwapped()
    {
        Tensor tensor = zeros(2, 3).t();

        Assert.Equal([3, 2], tensor.size());
        Assert.Equal(2, tensor.size(-1));
        Assert.Equal([1, 3], tensor.stride());
        Assert.Equal(3, tensor.stride(1));
        Assert.False(tensor.is_contiguous());
        Assert.Equal(2, tensor.dim());
        Assert.Equal(6, tensor.numel());
        Assert.Equal(4, tensor.element_size());
        Assert.Equal(3, zeros(2, 3)[1].storage_offset());
    }

    [Fact]
    public void Kind_OfEachType_IsTold()
    {
        Assert.True(zeros(1).is_floating_point() && !zeros(1).is_integral() && !zeros(1).is_complex());
        Assert.True(zeros([1], dtype: ScalarType.Int64).is_integral());
        Assert.True(zeros(1).is_cpu());
    }

    [Fact]
    public void Item_OfEachType_IsTheValue()
    {
        Assert.Equal(2.5f, tensor(2.5f).item<float>());
        Assert.Equal(3L, tensor(3L).item<long>());
        Assert.Equal(2.5, tensor(2.5f).ToScalar().ToDouble());
        Assert.Equal(2.5, tensor(2.5).ToDouble());
        Assert.Throws<InvalidOperationException>(() => zeros(2).item<float>());
        Assert.Throws<InvalidOperationException>(() => tensor(1f).item<double>());
    }

    [Fact]
    public void Allclose_WithinAndBeyondTolerance_TellsThemApart()
    {
        Tensor one = tensor([1.0, double.NaN]);

        Assert.True(allclose(one, tensor([1.0005, double.NaN]), 1e-3, equal_nan: true));
        Assert.False(one.allclose(tensor([1.01, double.NaN]), 1e-3, equal_nan: true));
    }

    [Fact]
    public void ToString_OfASmallTensor_ShowsShapeTypeAndValues()
    {
        Assert.Contains("Float32", tensor([1.5f, 2]).ToString(), StringComparison.Ordinal);
        Assert.Contains("1.5", tensor([1.5f, 2]).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Equality_OfObjects_IsIdentityInDictionaries()
    {
        Tensor tensor = zeros(1);
        var set = new HashSet<object> { tensor };

        Assert.True(tensor.Equals((object)tensor));
        Assert.Equal(tensor.GetHashCode(), tensor.GetHashCode());
        Assert.Contains(tensor, set);
    }

    [Fact]
    public void Data_OfASymbolicZero_SaysWhatToDo()
    {
        Tensor x = tensor([1.0, 2.0], requires_grad: true);
        x.sgn().sum().backward();
        Tensor gradient = x.grad!;

        InvalidOperationException refused =
            Assert.Throws<InvalidOperationException>(() => gradient.data<double>().ToArray());

        Assert.Contains("clone()", refused.Message, StringComparison.Ordinal);
        Assert.Equal([0, 0], gradient.clone().data<double>().ToArray());
    }

    [Fact]
    public void Cuda_WithoutOne_RefusesInTheLayersWords()
    {
        if (cuda_is_available())
        {
            Assert.True(zeros(1).cuda().is_cuda);
            return;
        }
        Assert.ThrowsAny<Exception>(() => zeros(1).cuda());
    }
}
