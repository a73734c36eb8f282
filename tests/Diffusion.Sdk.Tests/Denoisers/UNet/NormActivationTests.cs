using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Denoisers;

/// <summary>The norm for channels-last images against libtorch's own, in float64 where rounding says nothing.</summary>
public sealed class NormActivationTests : TensorTest
{
    /// <summary>Images, channels, height, width, groups. 700 x 700 pixels make chunks of one image.</summary>
    public static TheoryData<int, int, int, int, int> Shapes => new()
    {
        { 2, 6, 5, 4, 3 }, { 70, 32, 28, 28, 32 }, { 2, 2, 700, 700, 1 }, { 3, 8, 2, 1, 2 }, { 1, 4, 2, 3, 4 },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void Apply_ChannelsLast_IsLibtorchsNorm(int images, int channels, int height, int width, int groups)
    {
        using GroupNorm norm = Norm(groups, channels);
        Tensor input = Numbers(images, channels, height, width), shift = Numbers(images, channels);
        using IDisposable withoutGradients = no_grad();
        foreach (Tensor? by in (Tensor?[])[null, shift])
        {
            foreach (Activation? activation in (Activation?[])[null, Activation.Silu, Activation.Gelu])
            {
                using var scope = NewDisposeScope();
                Tensor expected = NormActivation.Apply(norm, activation, input.clone(), by);

                Tensor actual = NormActivation.Apply(norm, activation, ImageLayout.ForComputing(input), by);

                Assert.True(ImageLayout.IsChannelsLast(actual));
                Assert.InRange(actual.sub(expected).abs().max().item<double>(), 0, 1e-12);
            }
        }
    }

    /// <summary>A mean far from 0 costs digits, as in libtorch's own channels-last norm.</summary>
    [Theory, InlineData(0, 2e-6), InlineData(3, 1e-5), InlineData(30, 1e-3)]
    public void Apply_Float32_KeepsTheDigits(double mean, double tolerance)
    {
        using GroupNorm norm = Norm(8, 32);
        Tensor input = Numbers(4, 32, 28, 28).add_(mean);
        using IDisposable withoutGradients = no_grad();
        Tensor expected = NormActivation.Apply(norm, Activation.Silu, input);
        norm.@float();

        Tensor actual = NormActivation.Apply(
            norm, Activation.Silu, ImageLayout.ForComputing(input.to_type(ScalarType.Float32)));

        Assert.InRange(actual.to_type(ScalarType.Float64).sub(expected).abs().max().item<double>(), 0, tolerance);
    }

    [Fact]
    public void Apply_WithGradientsRecorded_KeepsTheLayoutAndTheGraph()
    {
        using GroupNorm norm = Norm(2, 4);
        Tensor input = Numbers(2, 4, 3, 3);

        Tensor output = NormActivation.Apply(norm, Activation.Silu, ImageLayout.ForComputing(input));

        Assert.True(output.requires_grad);
        Assert.False(ImageLayout.IsChannelsLast(output));
    }

    private static GroupNorm Norm(int groups, int channels)
    {
        GroupNorm norm = nn.GroupNorm(groups, channels);
        norm.@double();
        using IDisposable withoutGradients = no_grad();
        norm.weight!.copy_(Numbers(channels));
        norm.bias!.copy_(Numbers(channels));
        return norm;
    }

    private static Tensor Numbers(params long[] shape)
    {
        var values = new float[shape.Aggregate(1L, (product, length) => product * length)];
        new PhiloxStreams(5).Normal(RandomPurpose.Data, 0, 1, shape.Length, values);
        return tensor(values, shape, ScalarType.Float64);
    }
}
