using Diffusion.Sdk.Denoisers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Numerics.Kernels;

/// <summary>Values and gradients beside those of libtorch's operators in float64.</summary>
public sealed class AttentionKernelTests : KernelTest
{
    private static readonly long[][] s_sizes = // N, L, 3, h, d
        [[2, 196, 3, 8, 8], [1, 49, 3, 4, 16], [2, 1, 3, 1, 8], [1, 17, 3, 2, 3], [1, 30, 3, 1, 64], [3, 16, 3, 2, 1]];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Apply_EverySize_HasTheValuesAndGradientsOfTheOperators(string variant) => With(variant, () =>
    {
        foreach (long[] size in s_sizes)
        {
            Compare(Normal(1, 0, 1.5, size));
            Compare(Normal(1, 0, 1.5, size).to_type(ScalarType.BFloat16));
        }
    });

    [Theory]
    [MemberData(nameof(Variants))]
    public void Apply_ScoresOfHundreds_AreExactToo(string variant) => With(variant, () =>
    {
        Compare(Normal(1, 0, 12, 1, 40, 3, 2, 8)); // e^500 has no place in float32
        Compare(Normal(1, -30, 1, 1, 40, 3, 1, 8));
    });

    private static void Compare(Tensor values)
    {
        using var scope = NewDisposeScope();
        Tensor qkv = values.detach().requires_grad_();
        Tensor exactQkv = values.detach().to_type(ScalarType.Float64).requires_grad_();
        Tensor outer = Normal(2, 0, 1, values.shape[0], values.shape[1], values.shape[3], values.shape[4])
            .to_type(values.dtype);

        Tensor actual = AttentionFunction.Apply(qkv);
        Tensor gradient = autograd.grad([actual], [qkv], [outer])[0];

        Tensor heads = exactQkv.permute(2, 0, 3, 1, 4); // [3, N, h, L, d]
        Tensor scores = heads.select(0, 0).matmul(heads.select(0, 1).transpose(-2, -1))
            .div(Math.Sqrt(values.shape[4]));
        Tensor expected = nn.functional.softmax(scores, -1).matmul(heads.select(0, 2)).transpose(1, 2);
        Tensor exact = autograd.grad([expected], [exactQkv], [outer.to_type(ScalarType.Float64)])[0];

        string what = $"{values.dtype} [{string.Join(", ", values.shape)}]";
        // A score of s is rounded to s 2^-24, and so is its weight, relatively.
        double rounding = 1e-7 * scores.abs().max().item<double>() + (values.dtype == ScalarType.BFloat16 ? 1e-2 : 0);
        Assert.True(Error(expected, actual) < 3e-6 + rounding, $"{what}: {Error(expected, actual)}");
        Assert.True(Error(exact, gradient) < 1e-5 + 4 * rounding, $"{what}: gradient {Error(exact, gradient)}");
        using (no_grad())
        {
            Assert.True(Error(expected, AttentionFunction.Apply(qkv)) < 3e-6 + rounding, what);
        }
    }
}
