using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Denoisers;

/// <summary>Against softmax(Q K^T / sqrt(d)) V as it is written, and its gradient by libtorch.</summary>
public sealed class ChunkedAttentionTests : TensorTest
{
    /// <summary>
    /// Images, pixels, heads, channels of a head, size of the numbers. With 30 the exponents need their largest taken
    /// off; 1,000 pixels and 3 heads make chunks of one head, 300 and 7 such of 5 and 2.
    /// </summary>
    public static TheoryData<int, int, int, int, float> Shapes => new()
    {
        { 2, 49, 8, 8, 1 }, { 3, 16, 1, 32, 1 }, { 1, 1000, 3, 4, 1 }, { 2, 300, 7, 8, 1 }, { 2, 49, 2, 8, 30 },
        { 1, 1, 1, 1, 1 },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void Forward_AnyShape_IsTheFormula(int images, int pixels, int heads, int channels, float size)
    {
        Tensor qkv = Numbers(size, images, pixels, 3, heads, channels);

        Tensor actual = ChunkedAttention.Forward(qkv);

        AssertClose(Formula(qkv), actual, 1e-12);
    }

    [Fact]
    public void Forward_Float32_IsTheFormulaToItsDigits()
    {
        Tensor qkv = Numbers(1, 4, 196, 3, 8, 8);

        Tensor actual = ChunkedAttention.Forward(qkv.to_type(ScalarType.Float32));

        AssertClose(Formula(qkv), actual.to_type(ScalarType.Float64), 1e-6);
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Backward_AnyShape_IsLibtorchsGradient(int images, int pixels, int heads, int channels, float size)
    {
        Tensor weights = Numbers(1, images, pixels, heads, channels);
        Tensor expected = Gradient(Formula), actual = Gradient(qkv => AttentionFunction.apply(qkv));

        AssertClose(expected, actual, 1e-12);

        Tensor Gradient(Func<Tensor, Tensor> attention)
        {
            Tensor qkv = Numbers(size, images, pixels, 3, heads, channels);
            qkv.requires_grad = true;
            attention(qkv).mul(weights).sum().backward();
            return qkv.grad!;
        }
    }

    [Fact]
    public void Forward_NotANumber_StaysOne()
    {
        Tensor qkv = Numbers(1, 1, 4, 3, 1, 2);
        qkv.fill_(float.NaN);
        Assert.True(ChunkedAttention.Forward(qkv).isnan().all().item<bool>());
    }

    private static Tensor Formula(Tensor qkv)
    {
        Tensor heads = qkv.permute(2, 0, 3, 1, 4); // [3, N, h, L, d]
        Tensor scores = heads[0].matmul(heads[1].transpose(-2, -1)).div(Math.Sqrt(qkv.shape[4]));
        return scores.softmax(-1).matmul(heads[2]).transpose(1, 2);
    }

    private static Tensor Numbers(float size, params long[] shape)
    {
        var values = new float[shape.Aggregate(1L, (product, length) => product * length)];
        new PhiloxStreams(11).Normal(RandomPurpose.Data, 0, 1, shape.Length, values);
        return tensor(values, shape, ScalarType.Float64).mul_(size);
    }

    // Relative to the largest value.
    private static void AssertClose(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.shape, actual.shape);
        double largest = expected.abs().max().item<double>();
        Assert.InRange(actual.sub(expected).abs().max().item<double>() / largest, 0, tolerance);
    }
}
