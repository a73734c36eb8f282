using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Numerics.Kernels;

/// <summary>
/// Values and gradients beside those of libtorch's operators in float64, where this machine has a variant with the
/// kernel.
/// </summary>
public sealed class NormConvKernelTests : KernelTest
{
    private static readonly (long Images, long Height, long Width, long Inputs, long Outputs, long Groups)[] s_sizes =
    [
        (2, 7, 7, 64, 64, 32), (3, 5, 7, 5, 3, 5), (20, 7, 7, 33, 40, 3), (1, 28, 28, 96, 32, 32),
        (5, 14, 14, 32, 64, 8), (2, 1, 3, 1, 1, 1), (1, 40, 30, 16, 16, 4),
    ];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Apply_NormBefore_HasTheValuesAndGradientsOfTheOperators(string variant) => With(variant, () =>
    {
        foreach ((long images, long height, long width, long inputs, long outputs, long groups) in s_sizes)
        {
            foreach (bool silu in (bool[])[false, true])
            {
                var shape = new NormConvShape { Stride = 1, Silu = silu ? 1 : 0 };
                Compare(shape, [images, height, width, inputs], outputs, 3, groups, shifted: silu, residual: true);
                Compare(shape, [images, height, width, inputs], outputs, 1, groups, shifted: !silu, residual: false);
            }
        }
    });

    [Theory]
    [MemberData(nameof(Variants))]
    public void Apply_NoNorm_HasTheValuesAndGradientsOfTheOperators(string variant) => With(variant, () =>
    {
        foreach ((long images, long height, long width, long inputs, long outputs, _) in s_sizes)
        {
            foreach (long size in (long[])[1, 3])
            {
                long[] input = [images, height, width, inputs];
                Compare(new NormConvShape { Stride = 1 }, input, outputs, size, 0, shifted: false, residual: true);
                Compare(new NormConvShape { Stride = 2 }, input, outputs, size, 0, shifted: false, residual: false);
                Compare(
                    new NormConvShape { Stride = 1, Doubled = 1 }, input, outputs, size, 0, shifted: false,
                    residual: false);
            }
        }
    });

    private static void Compare(
        NormConvShape kind, long[] size, long outputs, long kernel, long groups, bool shifted, bool residual)
    {
        using var scope = NewDisposeScope();
        using TorchSharp.Modules.GroupNorm? norm = groups > 0 ? nn.GroupNorm(groups, size[3]) : null;
        Tensor input = Rounded(4, 1, 2, size);
        if (!Diffusion.Sdk.Numerics.Kernels.ServeConvolution(input))
        {
            return;
        }
        if (norm is not null)
        {
            using IDisposable withoutGradients = no_grad();
            norm.weight!.copy_(Normal(2, 1, 0.5, size[3]));
            norm.bias!.copy_(Normal(3, 0, 0.5, size[3]));
            norm.to(ScalarType.BFloat16);
        }
        Tensor weight = Rounded(7, 0, 1 / Math.Sqrt(size[3] * kernel * kernel), outputs, size[3], kernel, kernel);
        Tensor bias = Rounded(8, 0, 1, outputs);
        Tensor? shift = shifted ? Rounded(5, 0, 1, size[0], size[3]) : null;
        long[] result =
        [
            size[0], ((size[1] << (int)kind.Doubled) + kind.Stride - 1) / kind.Stride,
            ((size[2] << (int)kind.Doubled) + kind.Stride - 1) / kind.Stride, outputs,
        ];
        Tensor? added = residual ? Rounded(9, 0, 1, result) : null;
        Tensor outer = Rounded(6, 0, 1, result).detach();
        Tensor?[] maybe = [input, weight, bias, norm?.weight, norm?.bias, shift, added];
        Tensor[] of = [.. maybe.OfType<Tensor>()];

        Tensor actual = NormConvFunction.Apply(kind, norm, input, shift, weight, bias, added);
        IList<Tensor> gradients = autograd.grad([actual], of, [outer]);

        Tensor?[] exact = [.. maybe.Select(one => one?.detach().to_type(ScalarType.Float64).requires_grad_())];
        Tensor expected = Composed(kind, groups, exact);
        IList<Tensor> exactGradients = autograd.grad(
            [expected], [.. exact.OfType<Tensor>()], [outer.to_type(ScalarType.Float64)]);

        string what = $"{string.Join(", ", size)} to {outputs}, {kernel} x {kernel}, {groups} groups, {kind}";
        Assert.Equal(result, actual.shape);
        Assert.True(Error(expected, actual) < 1e-2, $"{what}: {Error(expected, actual)}");
        using (no_grad())
        {
            Tensor without = NormConvFunction.Apply(kind, norm, input, shift, weight, bias, added);
            Assert.True(Error(expected, without) < 1e-2, what);
        }
        for (int k = 0; k < of.Length; k++)
        {
            // Where a sum is 0 but for rounding, as by the shift of a group of its own, the terms are the measure.
            double terms = outer.to_type(ScalarType.Float32).abs().sum().item<float>();
            double least = 1e-3 * terms / exactGradients[k].abs().max().item<double>();
            double error = Error(exactGradients[k], gradients[k]);
            Assert.True(error < Math.Max(2e-2, least), $"{what}: gradient {k} of {of.Length}: {error}");
        }
    }

    private static Tensor Rounded(long seed, double mean, double deviation, params long[] shape) =>
        Normal(seed, mean, deviation, shape).to_type(ScalarType.BFloat16).requires_grad_();

    private static Tensor Composed(NormConvShape kind, long groups, Tensor?[] of)
    {
        Tensor images = of[0]!.permute(0, 3, 1, 2);
        if (of[5] is { } shift)
        {
            images = images.add(shift.unsqueeze(2).unsqueeze(3));
        }
        if (groups > 0)
        {
            Tensor grouped = images.reshape(images.shape[0], groups, -1);
            Tensor centred = grouped.sub(grouped.mean([2], keepdim: true));
            Tensor normed = centred.div(centred.square().mean([2], keepdim: true).add(1e-5).sqrt());
            images = normed.view(images.shape).mul(of[3]!.view(1, -1, 1, 1)).add(of[4]!.view(1, -1, 1, 1));
        }
        images = kind.Silu != 0 ? images.mul(images.sigmoid()) : images;
        images = kind.Doubled != 0 ? nn.functional.interpolate(images, scale_factor: [2, 2]) : images;
        long padding = of[1]!.shape[2] / 2;
        Tensor output = nn.functional.conv2d(images, of[1]!, of[2], [kind.Stride, kind.Stride], [padding, padding])
            .permute(0, 2, 3, 1);
        return of[6] is { } residual ? output.add(residual) : output;
    }
}
