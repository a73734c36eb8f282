using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Denoisers;

public sealed class MlpDenoiserTests : TensorTest
{
    private static readonly MlpDenoiserConfig s_small =
        new() { Width = 16, Depth = 2, TimeWidth = 8, NumTrainTimesteps = 50 };

    [Fact]
    public void Parameters_OfTheTutorial_AreThoseLayers()
    {
        using var denoiser = new MlpDenoiser();
        Dictionary<string, string> shapes = denoiser.state_dict().ToDictionary(
            pair => pair.Key, pair => string.Join("x", pair.Value.shape));
        Assert.Equal(
            ["128x66", "128x128", "128x128", "2x128"],
            Enumerable.Range(0, 4).Select(k => shapes[$"layers.{k}.weight"]));
        Assert.Equal("64x64", shapes["time_embedding.linear_1.weight"]);
        Assert.Equal("64x64", shapes["time_embedding.linear_2.weight"]);
        Assert.Equal(12, shapes.Count);
    }

    [Fact]
    public void Forward_AnyBatch_IsTheComposedNetwork()
    {
        using var denoiser = new MlpDenoiser(s_small, seed: 3);
        Dictionary<string, Tensor> w = denoiser.state_dict();
        Tensor x = tensor(new float[] { 1, -2, 0.5f, 3 }, [2, 2]);
        Tensor t = tensor(new long[] { 0, 49 });
        Tensor frequencies = pow(10000, arange(0, 4, 1, ScalarType.Float32).div(-4));
        Tensor angles = outer(t.to_type(ScalarType.Float32), frequencies);
        Tensor time = Linear(
            Silu(Linear(cat([angles.sin(), angles.cos()], 1), "time_embedding.linear_1")), "time_embedding.linear_2");
        Tensor expected = Linear(Silu(Linear(Silu(Linear(cat([x, time], 1), "layers.0")), "layers.1")), "layers.2");
        Assert.True(allclose(expected, denoiser.call(x, t, null), 1e-5, 1e-6));

        Tensor Linear(Tensor input, string name) => input.matmul(w[$"{name}.weight"].t()).add(w[$"{name}.bias"]);
        static Tensor Silu(Tensor input) => input.mul(input.sigmoid());
        static Tensor pow(double b, Tensor e) => e.mul(Math.Log(b)).exp();
    }

    [Theory]
    [InlineData(Activation.Silu, TimeEmbeddingKind.Sinusoidal, 3, 64)]
    [InlineData(Activation.Relu, TimeEmbeddingKind.Learned, 1, 8)]
    [InlineData(Activation.Gelu, TimeEmbeddingKind.Sinusoidal, 2, 7)]
    [InlineData(Activation.Mish, TimeEmbeddingKind.Learned, 4, 2)]
    [InlineData(Activation.Tanh, TimeEmbeddingKind.Sinusoidal, 2, 8)]
    public void BeginSampling_AnyBatchSize_EqualsForward(
        Activation activation, TimeEmbeddingKind kind, int depth, int timeWidth)
    {
        MlpDenoiserConfig config = s_small with
        {
            DataDimension = 3, Activation = activation, TimeEmbedding = kind, Depth = depth, TimeWidth = timeWidth,
        };
        using var denoiser = new MlpDenoiser(config, seed: 1);
        long[] timesteps = [49, 20, 0];
        using DenoiserRun run = denoiser.BeginSampling(timesteps);
        foreach (int count in new[] { 1, 5, 1024, 2500, 1, 5 })
        {
            using Tensor x = Noise(count);
            for (int step = 0; step < timesteps.Length; step++)
            {
                using Tensor expected = denoiser.call(x, full([count], timesteps[step], ScalarType.Int64), null);
                Assert.True(allclose(expected, run.Predict(step, x), 1e-5, 1e-5), $"{count} rows, step {step}");
            }
        }
    }

    [Fact]
    public void BeginSampling_Classes_EqualsForwardAndTellsThemApart()
    {
        using var denoiser = new MlpDenoiser(s_small with { DataDimension = 3, NumClassEmbeds = 4 }, seed: 1);
        using DenoiserRun run = denoiser.BeginSampling([49, 0]);
        foreach (int count in new[] { 1, 5, 2500 })
        {
            using Tensor x = Noise(count), labels = arange(count, ScalarType.Int64).remainder(4);
            using Tensor expected = denoiser.call(x, full([count], 0L, ScalarType.Int64), labels);
            using Tensor others = denoiser.call(x, full([count], 0L, ScalarType.Int64), zeros_like(labels));
            Assert.True(allclose(expected, run.Predict(1, x, labels), 1e-5, 1e-5), $"{count} rows");
            Assert.Equal(count == 1, allclose(expected, others, 1e-3, 1e-3));
        }
        Assert.Equal(4, denoiser.NumClasses);
        Assert.Equal([4, 8], denoiser.state_dict()["class_embedding.weight"].shape);
        Assert.Equal(denoiser.Config, MlpDenoiserConfig.FromJson(denoiser.ToConfigJson()));
        Assert.DoesNotContain("num_class_embeds", s_small.ToJson());
    }

    [Fact]
    public void BeginSampling_ManySteps_MakesNoTensors()
    {
        using var denoiser = new MlpDenoiser(s_small);
        using DenoiserRun run = denoiser.BeginSampling([5, 4, 3]);
        Tensor x = zeros([10, 2]);
        run.Predict(0, x);
        long before = Tensor.TotalCount;
        for (int k = 0; k < 30; k++)
        {
            run.Predict(k % 3, x);
        }
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(3, 7)]
    public void MlpTrainingPass_SiluAndSinusoidal_GivesTheOutputAndGradientsOfAutograd(int depth, int timeWidth)
    {
        MlpDenoiserConfig config = s_small with { DataDimension = 3, Depth = depth, TimeWidth = timeWidth };
        using var denoiser = new MlpDenoiser(config, seed: 1);
        using var flat = new FlatParameters(denoiser);
        using TrainingPass written = new MlpTrainingPass(denoiser, 6, 50);
        using TrainingPass derived = new AutogradPass(denoiser, flat.Gradient);
        (Tensor x, Tensor t) = (Noise(6), tensor(new long[] { 0, 49, 3, 3, 20, 7 }));
        for (int step = 0; step < 2; step++) // the second one overwrites the first one's gradients
        {
            using var scope = NewDisposeScope();
            Tensor gradient = Noise(6);
            Assert.True(allclose(derived.Forward(x, t, null), written.Forward(x, t, null), 1e-5, 1e-6));
            derived.Backward(gradient);
            Tensor expected = flat.Gradient.clone();
            flat.Gradient.fill_(float.NaN);
            written.Backward(gradient);
            Assert.True(allclose(expected, flat.Gradient, 1e-4, 1e-5));
        }
    }

    [Fact]
    public void BeginTraining_OtherActivationOrFrozenLayer_LeavesItToAutograd()
    {
        using var mish = new MlpDenoiser(s_small with { Activation = Activation.Mish });
        using var frozen = new MlpDenoiser(s_small);
        frozen.Layers[0].weight.requires_grad = false;
        foreach (MlpDenoiser denoiser in new[] { mish, frozen })
        {
            using var flat = new FlatParameters(denoiser);
            using TrainingPass pass = denoiser.BeginTraining(4, 50, flat.Gradient);
            Assert.IsType<AutogradPass>(pass);
        }
    }

    [Fact]
    public void Weights_OneSeed_AreTheSameAndOfPyTorchsRange()
    {
        using var first = new MlpDenoiser(seed: 5);
        using var same = new MlpDenoiser(seed: 5);
        using var other = new MlpDenoiser(seed: 6);
        Assert.True(first.Layers[1].weight.eq(same.Layers[1].weight).all().item<bool>());
        Assert.False(first.Layers[1].weight.eq(other.Layers[1].weight).all().item<bool>());
        double bound = 1 / Math.Sqrt(128);
        Assert.InRange(first.Layers[1].weight.abs().max().item<float>(), 0.99 * bound, bound * 1.000001);
        Assert.InRange(first.Layers[1].bias!.abs().max().item<float>(), 0.9 * bound, bound * 1.000001);
        Assert.InRange(first.Layers[1].weight.mean().item<float>(), -0.002, 0.002);
    }

    [Fact]
    public void Weights_OfALearnedTable_AreStandardNormal()
    {
        using var denoiser = new MlpDenoiser(new MlpDenoiserConfig { TimeEmbedding = TimeEmbeddingKind.Learned });
        Tensor table = denoiser.state_dict()["time_proj.weight"];
        Assert.Equal([1000, 64], table.shape);
        Assert.InRange(table.square().mean().item<float>(), 0.98, 1.02);
    }

    [Fact]
    public void Config_ThroughJson_IsTheSame()
    {
        MlpDenoiserConfig config =
            s_small with { Activation = Activation.Gelu, TimeEmbedding = TimeEmbeddingKind.Learned };
        string json = config.ToJson();
        Assert.Contains("\"_class_name\": \"MlpDenoiser\"", json);
        Assert.Contains("\"activation\": \"gelu\"", json);
        Assert.Equal(config, MlpDenoiserConfig.FromJson(json));
        using var denoiser = new MlpDenoiser(config);
        Assert.Equal(json, denoiser.ToConfigJson());
    }

    [Fact]
    public void Config_UnknownKey_IsKept()
    {
        string json = """{ "_class_name": "MlpDenoiser", "width": 7, "later": [1, "a"] }""";
        MlpDenoiserConfig config = MlpDenoiserConfig.FromJson(json);
        Assert.Equal(7, config.Width);
        Assert.Contains("later", config.ToJson());
    }

    [Theory]
    [InlineData("""{ "_class_name": "UNet2DModel" }""", "\"UNet2DModel\"; expected \"MlpDenoiser\"")]
    [InlineData("""{ "_class_name": "MlpDenoiser", "activation": "snake" }""", "activation")]
    [InlineData("""{ "_class_name": "MlpDenoiser", "width": 0 }""", "Width is 0; expected at least 1")]
    [InlineData("""{ "_class_name": "MlpDenoiser", "depth": "many" }""", "depth")]
    [InlineData("""[1]""", "not valid")]
    public void Config_BadJson_SaysWhat(string json, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => MlpDenoiserConfig.FromJson(json)).Message);

    [Fact]
    public void Config_OutOfRange_Throws() => Assert.Contains(
        "Depth is 0", Assert.Throws<ArgumentOutOfRangeException>(
            () => new MlpDenoiser(s_small with { Depth = 0 })).Message);

    [Fact]
    public void Forward_WrongShapes_SayWhatWasExpected()
    {
        using var denoiser = new MlpDenoiser(s_small);
        Tensor good = zeros([4, 2]), steps = zeros([4], ScalarType.Int64);
        Assert.Contains("[4, 3]; expected [N, 2]", Message(() => denoiser.call(zeros([4, 3]), steps, null)));
        Assert.Contains("Float32 [4]; expected Int64 [4]", Message(() => denoiser.call(good, zeros([4]), null)));
        Assert.Contains(
            "[3]; expected Int64 [4]", Message(() => denoiser.call(good, zeros([3], ScalarType.Int64), null)));
        Assert.Contains("no condition", Message(() => denoiser.call(good, steps, good)));
        using var classes = new MlpDenoiser(s_small with { NumClassEmbeds = 3 });
        Assert.Contains("tells 3 classes apart; expected labels", Message(() => classes.call(good, steps, null)));
        Assert.Contains(
            "labels are Float32 [4]; expected Int64 [4]", Message(() => classes.call(good, steps, zeros([4]))));
        Assert.Contains("at least one timestep", Message(() => denoiser.BeginSampling([])));

        static string Message(Action action) => Assert.Throws<ArgumentException>(action).Message;
    }

    [Fact]
    public void ForwardRun_OfAnyDenoiser_CallsForward()
    {
        using var denoiser = new Doubling();
        using DenoiserRun run = denoiser.BeginSampling([7, 3]);
        Tensor x = ones([3, 2]);
        Assert.Equal(9f, run.Predict(0, x).max().item<float>());
        Assert.Equal(5f, run.Predict(1, x).max().item<float>());
        Assert.Throws<ArgumentOutOfRangeException>(() => run.Predict(2, x));
    }

    private static Tensor Noise(int count)
    {
        var values = new float[3 * count];
        new PhiloxStreams(2).Normal(RandomPurpose.InitialNoise, 0, count, 0, values);
        return tensor(values, [count, 3]);
    }

    /// <summary>2 x + t.</summary>
    private sealed class Doubling() : Denoiser(nameof(Doubling))
    {
        public override IReadOnlyList<int> SampleShape => [2];

        public override string ToConfigJson() => "{}";

        public override Tensor forward(Tensor input1, Tensor input2, Tensor? input3) =>
            input1.mul(2).add(input2.unsqueeze(1));
    }
}
