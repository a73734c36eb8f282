using Diffusion.Sdk.Denoisers;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Numerics.Kernels;

/// <summary>Values and gradients beside those of libtorch's operators in float64.</summary>
public sealed class GroupNormKernelTests : KernelTest
{
    private static readonly (long Images, long Pixels, long Channels, long Groups)[] s_sizes =
        [(2, 784, 32, 32), (3, 49, 48, 4), (1, 5, 5, 5), (2, 7, 6, 3), (1, 1, 64, 2), (2, 196, 100, 10)];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Apply_EverySize_HasTheValuesAndGradientsOfTheOperators(string variant) => With(variant, () =>
    {
        foreach ((long images, long pixels, long channels, long groups) in s_sizes)
        {
            foreach (bool silu in (bool[])[false, true])
            {
                foreach (ScalarType type in (ScalarType[])[ScalarType.Float32, ScalarType.BFloat16])
                {
                    Compare(images, pixels, channels, groups, silu, shifted: false, type);
                    Compare(images, pixels, channels, groups, silu, shifted: true, type);
                }
            }
        }
    });

    [Theory]
    [MemberData(nameof(Variants))]
    public void Apply_MeanFarFromZero_LosesNoDigitsToTheSquares(string variant) => With(variant, () =>
    {
        using var norm = nn.GroupNorm(4, 16);
        using IDisposable withoutGradients = no_grad();
        Tensor input = Normal(1, 300, 1, 2, 100, 16);
        Tensor expected = Composed(norm.to(ScalarType.Float64), false, input.to_type(ScalarType.Float64), null);
        norm.to(ScalarType.Float32);

        // 300 itself has 2e-5 of the deviation between its neighbours in float32.
        Assert.InRange(Error(expected, GroupNormFunction.Apply(norm, false, input, null)), 0, 5e-5);
    });

    private static void Compare(
        long images, long pixels, long channels, long groups, bool silu, bool shifted, ScalarType type)
    {
        bool half = type == ScalarType.BFloat16;
        using var scope = NewDisposeScope();
        using var norm = nn.GroupNorm(groups, channels);
        using (no_grad())
        {
            norm.weight!.copy_(Normal(2, 1, 0.5, channels));
            norm.bias!.copy_(Normal(3, 0, 0.5, channels));
        }
        norm.to(type);
        Tensor input = Normal(4, 1, 2, images, pixels, channels).to_type(type).requires_grad_();
        Tensor? shift = shifted ? Normal(5, 0, 1, images, channels).to_type(type).requires_grad_() : null;
        Tensor outer = Normal(6, 0, 1, images, pixels, channels).to_type(type);
        Tensor[] of = [input, norm.weight!, norm.bias!, .. shift is null ? (Tensor[])[] : [shift]];

        Tensor actual = GroupNormFunction.Apply(norm, silu, input, shift);
        IList<Tensor> gradients = autograd.grad([actual], of, [outer]);

        using var exactNorm = nn.GroupNorm(groups, channels);
        exactNorm.to(ScalarType.Float64);
        using (no_grad())
        {
            exactNorm.weight!.copy_(norm.weight!);
            exactNorm.bias!.copy_(norm.bias!);
        }
        Tensor exactInput = input.detach().to_type(ScalarType.Float64).requires_grad_();
        Tensor? exactShift = shift?.detach().to_type(ScalarType.Float64).requires_grad_();
        Tensor[] exactOf =
            [exactInput, exactNorm.weight!, exactNorm.bias!, .. exactShift is null ? (Tensor[])[] : [exactShift]];
        Tensor expected = Composed(exactNorm, silu, exactInput, exactShift);
        IList<Tensor> exact = autograd.grad([expected], exactOf, [outer.to_type(ScalarType.Float64)]);

        string what = $"{type} [{images}, {pixels}, {channels}], {groups} groups, silu {silu}, shift {shifted}";
        Assert.True(Error(expected, actual) < (half ? 4e-3 : 5e-6), $"{what}: {Error(expected, actual)}");
        using (no_grad())
        {
            Tensor without = GroupNormFunction.Apply(norm, silu, input, shift);
            Assert.True(Error(expected, without) < (half ? 4e-3 : 5e-6), what);
        }
        for (int k = 0; k < of.Length; k++)
        {
            // Where a sum is 0 but for rounding, as by the shift of a group of its own, the terms are the measure.
            double terms = outer.to_type(ScalarType.Float32).abs().sum().item<float>();
            double least = (half ? 1e-3 : 1e-6) * terms / exact[k].abs().max().item<double>();
            Assert.True(
                Error(exact[k], gradients[k]) < Math.Max(half ? 1e-2 : 1e-5, least),
                $"{what}: gradient {k}: {Error(exact[k], gradients[k])}");
        }
    }

    private static Tensor Composed(TorchSharp.Modules.GroupNorm norm, bool silu, Tensor input, Tensor? shift)
    {
        Tensor shifted = shift is null ? input : input.add(shift.unsqueeze(1));
        Tensor normed = norm.call(shifted.transpose(1, 2)).transpose(1, 2);
        return silu ? normed.mul(normed.sigmoid()) : normed;
    }
}
