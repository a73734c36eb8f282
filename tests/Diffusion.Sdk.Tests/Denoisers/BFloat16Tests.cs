using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Denoisers;

public sealed class BFloat16Tests : TensorTest
{
    // 2^-8 rounds every value; a few dozen layers add up to about 1%.
    private const double LeastError = 1e-4;
    private const double MostError = 0.02;

    private static readonly long[] s_timesteps = [999, 500, 1];

    public static TheoryData<string> Denoisers =>
        ["mlp", "mlp mish", "mlp learned", "mlp waves", "unet", "unet fourier", "unet classes"];

    [Theory]
    [MemberData(nameof(Denoisers))]
    public void Run_EveryDenoiser_IsTheExactOneUpToItsStatedError(string name)
    {
        using Denoiser denoiser = Make(name);
        denoiser.eval();
        Tensor sample = Normal([3, .. denoiser.SampleShape], 1);
        Tensor? labels = denoiser.NumClasses is null ? null : tensor([0L, 2, 1]);
        using DenoiserRun exact = denoiser.BeginSampling(s_timesteps);
        using var rounded = new BFloat16Run(denoiser, s_timesteps);
        for (int step = 0; step < s_timesteps.Length; step++)
        {
            Tensor expected = exact.Predict(step, sample, labels);
            Tensor actual = rounded.Predict(step, sample, labels);

            Assert.Equal(ScalarType.Float32, actual.dtype);
            Assert.Equal(expected.shape, actual.shape);
            double error = (actual - expected).norm().item<float>() / expected.norm().item<float>();
            Assert.InRange(error, LeastError, MostError);
        }
    }

    [Theory]
    [MemberData(nameof(Denoisers))]
    public void Copy_EveryDenoiser_HasRoundedWeightsAndExactTimesteps(string name)
    {
        using Denoiser denoiser = Make(name);
        TorchSharp.Modules.Parameter frozen = denoiser.parameters().Last();
        frozen.requires_grad = false;
        using var copy = new BFloat16Copy(denoiser);

        Dictionary<string, Tensor> own = denoiser.state_dict();
        foreach ((string key, Tensor value) in copy.Twin.state_dict())
        {
            bool angles = key.StartsWith("time_proj.", StringComparison.Ordinal) && name == "unet fourier";
            Assert.Equal(angles || key == "time_proj.W" ? ScalarType.Float32 : ScalarType.BFloat16, value.dtype);
            Assert.True(own[key].to_type(value.dtype).allclose(value, 0, 0), key);
        }
        Assert.False(copy.Twin.parameters().Last().requires_grad);
        Assert.Equal(
            denoiser.named_buffers().Select(b => (b.name, ScalarType.Float32)),
            copy.Twin.named_buffers().Select(b => (b.name, b.buffer.dtype)));
        Assert.Equal(ScalarType.Float32, own.Values.First().dtype); // the original is what it was
    }

    [Fact]
    public void Run_OfADenoiserThatMakesNoOther_SaysSo()
    {
        using var denoiser = new Lonely();

        NotSupportedException error = Assert.Throws<NotSupportedException>(
            () => new BFloat16Run(denoiser, s_timesteps));

        Assert.Equal("Lonely computes in float32 only: its class does not override NewLike.", error.Message);
    }

    [Fact]
    public void Times_OfTwoWorks_TakeTheShortestOfEachAndAskForAClearGain()
    {
        int works = 0;
        // In ms: the warm-up is not measured, then full and bfloat16 in turn.
        var clock = new ScriptedTime([9, 5, 8, 6, 12, 7]);

        PrecisionTimes times = PrecisionTimes.Measure(() => works++, () => works++, clock);

        Assert.Equal(new PrecisionTimes(TimeSpan.FromMilliseconds(8), TimeSpan.FromMilliseconds(5)), times);
        Assert.Equal(8, works);
        Assert.Equal(Precision.BFloat16, times.Choice);
        Assert.Equal(Precision.Full, (times with { BFloat16 = TimeSpan.FromMilliseconds(7) }).Choice);
        Assert.Equal(Precision.Full, (times with { BFloat16 = TimeSpan.FromMilliseconds(20) }).Choice);
    }

    [Fact]
    public void TrainingRecord_Precision_IsWrittenWhereItIsNotFullAndReadBack()
    {
        var record = new TrainingRecord { PredictionType = "epsilon", NumTrainTimesteps = 5 };
        TrainingRecord rounded = record with { Precision = Precision.BFloat16 };

        Assert.DoesNotContain("precision", record.ToJson(), StringComparison.Ordinal);
        Assert.Equal(Precision.Full, TrainingRecord.FromJson(record.ToJson()).Precision);
        Assert.Contains("\"precision\": \"bfloat16\"", rounded.ToJson(), StringComparison.Ordinal);
        Assert.Equal(rounded, TrainingRecord.FromJson(rounded.ToJson()));
        InvalidDataException error = Assert.Throws<InvalidDataException>(
            () => TrainingRecord.FromJson(rounded.ToJson().Replace("bfloat16", "auto", StringComparison.Ordinal)));
        Assert.Contains("precision auto; expected what it chose", error.Message, StringComparison.Ordinal);
    }

    internal static Denoiser Make(string name) => name switch
    {
        "mlp" => new MlpDenoiser(seed: 1),
        "mlp mish" => new MlpDenoiser(new MlpDenoiserConfig { Activation = Activation.Mish }, seed: 1),
        "mlp learned" => new MlpDenoiser(new MlpDenoiserConfig { TimeEmbedding = TimeEmbeddingKind.Learned }, seed: 1),
        "mlp waves" => new MlpDenoiser(
            new MlpDenoiserConfig
            {
                TimeFrequencies = [1, 5, 20, 99], TimeWidth = 8, TimeNetwork = false, Activation = Activation.Mish,
            },
            seed: 1),
        "unet" => UNet(new UNet2DConfig()),
        "unet fourier" => UNet(new UNet2DConfig { TimeEmbeddingType = TimeEmbeddingType.Fourier }),
        _ => UNet(new UNet2DConfig { NumClassEmbeds = 3 }),
    };

    internal static Tensor Normal(long[] shape, int seed)
    {
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        new PhiloxStreams(seed).Normal(RandomPurpose.Data, 0, 1, 0, values);
        return tensor(values, shape);
    }

    private static Tensor Normal(IEnumerable<int> shape, int seed) =>
        Normal([.. shape.Select(size => (long)size)], seed);

    // The last convolution has weights, so that the output is not 0.
    private static UNet2DModel UNet(UNet2DConfig config) => new(
        config with
        {
            SampleSize = 8,
            InChannels = 1,
            OutChannels = 1,
            BlockOutChannels = [16, 32],
            DownBlockTypes = [DownBlockType.DownBlock2D, DownBlockType.AttnDownBlock2D],
            UpBlockTypes = [UpBlockType.AttnUpBlock2D, UpBlockType.UpBlock2D],
            LayersPerBlock = 1,
            NormNumGroups = 4,
        },
        new PhiloxStreams(1), zeroOutput: false);

    private sealed class Lonely() : Denoiser("Lonely")
    {
        public override IReadOnlyList<int> SampleShape => [2];

        public override string ToConfigJson() => "{}";

        public override Tensor forward(Tensor input1, Tensor input2, Tensor? input3) => input1.alias();
    }
}
