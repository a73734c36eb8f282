using TorchSharp.Aten.Tests.Recorded;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.utils;

namespace TorchSharp.Aten.Tests.Operators;

public class GradientUtilityTests : TensorTest
{
    [Fact]
    public void ClipGradNorm_AboveTheBound_ScalesAllAlike()
    {
        using Parameter a = WithGradient([3.0, 0.0]);
        using Parameter b = WithGradient([0.0, 4.0]);
        using var untouched = new Parameter(zeros(2));

        double norm = clip_grad_norm_([a, b, untouched], 1);

        Assert.Equal(5, norm, 12);
        Assert.Equal(0.6, a.grad![0].item<double>(), 6);
        Assert.Equal(0.8, b.grad![1].item<double>(), 6);
    }

    [Fact]
    public void ClipGradNorm_BelowTheBound_ChangesNothing()
    {
        using Parameter a = WithGradient([3.0, 4.0]);

        Assert.Equal(5, clip_grad_norm_([a], 10), 12);
        Assert.Equal([3, 4], RecordedTensor.Numbers(a.grad!));
    }

    [Fact]
    public void ClipGradNorm_OfOtherOrders_UsesThem()
    {
        using Parameter a = WithGradient([3.0, -4.0]);

        Assert.Equal(4, clip_grad_norm_([a], 10, double.PositiveInfinity), 12);
        Assert.Equal(7, clip_grad_norm_([a], 10, 1), 12);
        Assert.Equal(0, clip_grad_norm_([], 1));
    }

    [Fact]
    public void ClipGradNorm_WithNaN_TellsAndMakesAllNaN()
    {
        using Parameter a = WithGradient([double.NaN, 1.0]);

        Assert.True(double.IsNaN(clip_grad_norm_([a], 1)));
        Assert.All(RecordedTensor.Numbers(a.grad!), value => Assert.True(double.IsNaN(value)));
    }

    [Fact]
    public void ClipGradValue_OnLargeElements_CutsThem()
    {
        using Parameter a = WithGradient([3.0, -0.25]);

        clip_grad_value_([a], 0.5);

        Assert.Equal([0.5, -0.25], RecordedTensor.Numbers(a.grad!));
    }

    [Fact]
    public void ParametersToVectorAndBack_OfTwo_RoundTrips()
    {
        using var a = new Parameter(tensor(new double[,] { { 1, 2 }, { 3, 4 } }));
        using var b = new Parameter(tensor([5.0]));

        Tensor vector = parameters_to_vector([a, b]);
        vector_to_parameters(vector.detach() * 2, [a, b]);

        Assert.Equal([1, 2, 3, 4, 5], RecordedTensor.Numbers(vector));
        Assert.Equal([2, 4, 6, 8], RecordedTensor.Numbers(a));
        Assert.Equal([10], RecordedTensor.Numbers(b));
        Assert.Contains(
            "5 elements", Assert.Throws<ArgumentException>(() => vector_to_parameters(zeros(4), [a, b])).Message,
            StringComparison.Ordinal);
    }

    private static Parameter WithGradient(double[] gradient)
    {
        var parameter = new Parameter(zeros(gradient.Length, dtype: ScalarType.Float64));
        using Tensor given = tensor(gradient);
        parameter.grad = given;
        return parameter;
    }
}
