using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Training;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Denoisers;

public sealed class UNet2DModelTests : TensorTest
{
    private static readonly UNet2DConfig s_tiny = new()
    {
        SampleSize = 8,
        InChannels = 1,
        OutChannels = 1,
        BlockOutChannels = [4, 8],
        DownBlockTypes = [DownBlockType.DownBlock2D, DownBlockType.AttnDownBlock2D],
        UpBlockTypes = [UpBlockType.AttnUpBlock2D, UpBlockType.UpBlock2D],
        LayersPerBlock = 1,
        NormNumGroups = 4,
        AttentionHeadDim = 4,
    };

    public static TheoryData<string> NamedConfigs => [nameof(UNet2DConfig.SmallCpu), nameof(UNet2DConfig.Gpu)];

    [Fact]
    public void Forward_FreshWeights_SaysZero()
    {
        using var unet = new UNet2DModel(s_tiny);

        Assert.Equal(0f, Output(unet).abs().max().item<float>());
    }

    [Fact]
    public void Forward_FreshWeightsAsInDiffusers_IsNotZero()
    {
        using var unet = new UNet2DModel(s_tiny, zeroOutput: false);

        Assert.InRange(Output(unet).abs().max().item<float>(), 0.01, 10);
    }

    [Fact]
    public void Constructor_SameStreams_MakesTheSameWeights()
    {
        using var first = new UNet2DModel(s_tiny, new PhiloxStreams(7));
        using var second = new UNet2DModel(s_tiny, new PhiloxStreams(7));
        using var other = new UNet2DModel(s_tiny, new PhiloxStreams(8));

        Assert.All(first.named_parameters(), named => Assert.Equal(
            Values(named.parameter), Values(second.get_parameter(named.name)!)));
        Assert.NotEqual(
            Values(first.get_parameter("conv_in.weight")!), Values(other.get_parameter("conv_in.weight")!));
    }

    [Fact]
    public void Constructor_Weights_SpanPyTorchsRange()
    {
        using var unet = new UNet2DModel(s_tiny);
        Tensor weight = unet.get_parameter("mid_block.resnets.0.conv1.weight")!.detach(); // fan_in 8 * 9

        Assert.InRange(weight.abs().max().item<float>(), 0.95 / Math.Sqrt(72), 1 / Math.Sqrt(72));
        Assert.Equal(1f, unet.get_parameter("conv_norm_out.weight")!.min().item<float>());
    }

    [Theory, MemberData(nameof(NamedConfigs))]
    public void NamedConfig_OfItsSampleShape_MapsAnImageToAnImage(string name)
    {
        UNet2DConfig config = Named(name);
        using var unet = new UNet2DModel(config);
        using IDisposable withoutGradients = no_grad();

        Tensor output = unet.call(zeros([2, .. Long(unet.SampleShape)]), zeros([2], ScalarType.Int64), null);

        Assert.Equal([2, 1, 28, 28], output.shape);
        Assert.Equal([1, 28, 28], unet.SampleShape);
    }

    [Fact]
    public void SmallCpu_Parameters_AreUnderOneAndAHalfMillion()
    {
        using var unet = new UNet2DModel(UNet2DConfig.SmallCpu);

        Assert.InRange(unet.parameters().Sum(parameter => parameter.NumberOfElements), 500_000, 1_500_000);
        Assert.Contains("down_blocks.2.attentions.0.to_q.weight", unet.state_dict().Keys);
        Assert.DoesNotContain("down_blocks.1.attentions.0.to_q.weight", unet.state_dict().Keys);
    }

    [Fact]
    public void Forward_Batch_EqualsEachImageAlone()
    {
        using var unet = new UNet2DModel(s_tiny, zeroOutput: false);
        using IDisposable withoutGradients = no_grad();
        (Tensor sample, Tensor timesteps) = Input(s_tiny, 3);

        Tensor all = unet.call(sample, timesteps, null);

        for (int i = 0; i < 3; i++)
        {
            Tensor alone = unet.call(sample.narrow(0, i, 1), timesteps.narrow(0, i, 1), null);
            Assert.InRange(all.narrow(0, i, 1).sub(alone).abs().max().item<float>(), 0, 1e-5);
        }
    }

    [Fact]
    public void Forward_SameNetworkFromManyThreads_GivesTheSame()
    {
        using var unet = new UNet2DModel(s_tiny, zeroOutput: false);
        float[] expected = Values(unet);

        Parallel.For(0, 8, _ => Assert.Equal(expected, Values(unet)));
    }

    [Fact]
    public void Forward_OneThreadOrTwo_GivesTheSame()
    {
        using var unet = new UNet2DModel(s_tiny with { NumClassEmbeds = 10 }, zeroOutput: false);
        using IDisposable withoutGradients = no_grad();
        (Tensor sample, Tensor timesteps) = Input(s_tiny, 9);
        Tensor labels = arange(0, 9, 1, ScalarType.Int64);
        int threads = get_num_threads();
        try
        {
            set_num_threads(1);
            Tensor one = unet.call(sample, timesteps, labels);
            set_num_threads(2);
            Tensor two = unet.call(sample, timesteps, labels);
            Assert.InRange(two.sub(one).abs().max().item<float>(), 0, 1e-6);
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Fact]
    public void BeginTraining_OneThreadOrTwo_GivesTheOutputAndGradientsOfAutograd()
    {
        using var unet = new UNet2DModel(s_tiny with { NumClassEmbeds = 10 }, zeroOutput: false);
        (Tensor sample, Tensor timesteps) = Input(s_tiny, 9);
        Tensor labels = arange(0, 9, 1, ScalarType.Int64), outer = sample.flip(0);
        using var flat = new FlatParameters(unet);
        using var whole = new AutogradPass(unet, flat.Gradient);
        Tensor output = whole.Forward(sample, timesteps, labels);
        whole.Backward(outer);
        Tensor expected = flat.Gradient.clone();
        using TrainingPass parted = unet.BeginTraining(9, 1000, flat.Gradient);
        int threads = get_num_threads();
        try
        {
            foreach (int count in (int[])[1, 2])
            {
                set_num_threads(count);
                Assert.InRange(Distance(output, parted.Forward(sample, timesteps, labels)), 0, 1e-6);
                parted.Backward(outer);
                Assert.InRange(Distance(expected, flat.Gradient), 0, 1e-6);
                Assert.Equal(count, get_num_threads());
            }
        }
        finally
        {
            set_num_threads(threads);
        }

        static float Distance(Tensor a, Tensor b) => a.sub(b).abs().max().div(a.abs().max()).item<float>();
    }

    [Fact]
    public void BeginTraining_Dropout_KeepsTheBatchTogether()
    {
        using var unet = new UNet2DModel(s_tiny with { Dropout = 0.1 });
        using var flat = new FlatParameters(unet);
        using TrainingPass pass = unet.BeginTraining(8, 1000, flat.Gradient);
        Assert.IsType<AutogradPass>(pass);
    }

    [Fact]
    public void Dropout_InTrainingAlone_ChangesTheOutput()
    {
        using var unet = new UNet2DModel(s_tiny with { Dropout = 0.5 }, zeroOutput: false);
        using var without = new UNet2DModel(s_tiny, zeroOutput: false);
        unet.eval();
        Assert.Equal(Values(without), Values(unet));

        unet.train();
        Assert.NotEqual(Values(without), Values(unet));
    }

    [Fact]
    public void SampleShape_ConfigWithoutSize_SaysWhatIsMissing()
    {
        using var unet = new UNet2DModel(s_tiny with { SampleSize = null });

        Assert.Contains("SampleSize", Assert.Throws<InvalidOperationException>(() => unet.SampleShape).Message);
    }

    [Fact]
    public void Forward_WrongInputs_SayWhatWasExpected()
    {
        using var unet = new UNet2DModel(s_tiny);
        using var labelled = new UNet2DModel(s_tiny with { NumClassEmbeds = 10 });
        using var vectors = new UNet2DModel(s_tiny with { ClassEmbedType = ClassEmbedType.Identity });
        (Tensor x, Tensor t) = Input(s_tiny, 2);

        Assert.Contains("expected [N, 1, H, W] with H and W divisible by 2", Message(unet, x.narrow(3, 0, 7), t));
        Assert.Contains("Float32 [2, 2, 8, 8]; expected [N, 1, H, W]", Message(unet, cat([x, x], 1), t));
        Assert.Contains("Int64 [3]; expected Int64 [2] or floating", Message(unet, x, zeros([3], ScalarType.Int64)));
        Assert.Contains("takes no class labels", Message(unet, x, t, t));
        Assert.Contains("needs class labels, Int64 [2]", Message(labelled, x, t));
        Assert.Contains("class labels are Float32 [2]; expected Int64 [2]", Message(labelled, x, t, zeros([2])));
        Assert.Contains("expected Float32 [2, 16]", Message(vectors, x, t, zeros([2, 8])));

        static string Message(UNet2DModel unet, Tensor sample, Tensor timesteps, Tensor? labels = null) =>
            Assert.Throws<ArgumentException>(() => unet.call(sample, timesteps, labels)).Message;
    }

    [Fact]
    public void Forward_ClassLabels_ChangeTheOutput()
    {
        using var unet = new UNet2DModel(s_tiny with { NumClassEmbeds = 10 }, zeroOutput: false);
        (Tensor x, Tensor t) = Input(s_tiny, 1);
        using IDisposable withoutGradients = no_grad();

        Tensor one = unet.call(x, t, tensor((long[])[1]));
        Tensor two = unet.call(x, t, tensor((long[])[2]));

        Assert.InRange(one.sub(two).abs().max().item<float>(), 1e-4, 10);
    }

    private static UNet2DConfig Named(string name) =>
        name == nameof(UNet2DConfig.Gpu) ? UNet2DConfig.Gpu : UNet2DConfig.SmallCpu;

    private static long[] Long(IEnumerable<int> shape) => [.. shape.Select(size => (long)size)];

    private static (Tensor Sample, Tensor Timesteps) Input(UNet2DConfig config, int count)
    {
        var values = new float[count * config.InChannels * 64];
        new PhiloxStreams(3).Normal(RandomPurpose.InitialNoise, 0, 1, 0, values);
        return (tensor(values, [count, config.InChannels, 8, 8]), arange(0, count * 100, 100, ScalarType.Int64));
    }

    private static Tensor Output(UNet2DModel unet)
    {
        (Tensor sample, Tensor timesteps) = Input(unet.Config, 2);
        return unet.call(sample, timesteps, null).detach();
    }

    private static float[] Values(UNet2DModel unet)
    {
        using IDisposable withoutGradients = no_grad();
        using var scope = NewDisposeScope();
        return Values(Output(unet));
    }

    private static float[] Values(Tensor tensor)
    {
        using Tensor detached = tensor.detach();
        return detached.data<float>().ToArray();
    }
}
