using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Training;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Numerics.Kernels;

public sealed class KernelChoiceTests : KernelTest
{
    [Fact]
    public void Variants_OnThisMachine_EndWithTheOneForAnyProcessor() =>
        Assert.Equal("base", Diffusion.Sdk.Numerics.Kernels.Variants[^1]);

    [Fact]
    public void Use_UnknownVariant_NamesThoseThereAre()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => With("mmx", () => { }));

        Assert.StartsWith("variant is \"mmx\"; expected one of ", error.Message, StringComparison.Ordinal);
        Assert.Contains("base, off.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_VariantInUse_NamesIt()
    {
        With("base", () => Assert.Equal("base", ProcessTuning.DescribeKernels()));
        With(null, () => Assert.Null(ProcessTuning.DescribeKernels()));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void UNet_WithAndWithoutKernels_IsTheSame(string variant)
    {
        using var unet = new UNet2DModel(
            new UNet2DConfig
            {
                SampleSize = 12, InChannels = 1, OutChannels = 1, BlockOutChannels = [16, 24], LayersPerBlock = 1,
                DownBlockTypes = [DownBlockType.DownBlock2D, DownBlockType.AttnDownBlock2D],
                UpBlockTypes = [UpBlockType.AttnUpBlock2D, UpBlockType.UpBlock2D], NormNumGroups = 8,
            },
            new PhiloxStreams(0), zeroOutput: false);
        using var flat = new FlatParameters(unet);
        using TrainingPass pass = unet.BeginTraining(5, 1000, flat.Gradient);
        Tensor sample = Normal(1, 0, 1, 5, 1, 12, 12), outer = Normal(2, 0, 1, 5, 1, 12, 12);
        Tensor timesteps = tensor([0L, 10, 200, 500, 999]);
        (Tensor Output, Tensor Gradient, Tensor Sampled) Run()
        {
            Tensor output = pass.Forward(sample, timesteps, null).clone();
            pass.Backward(outer);
            using IDisposable withoutGradients = no_grad();
            return (output, flat.Gradient.clone(), unet.call(sample, timesteps, null));
        }

        var (expected, actual) = (With(null, Run), With(variant, Run));

        Assert.InRange(Error(expected.Output, actual.Output), 0, 1e-5);
        Assert.InRange(Error(expected.Gradient, actual.Gradient), 0, 1e-5);
        Assert.InRange(Error(expected.Sampled, actual.Sampled), 0, 1e-5);
    }
}
