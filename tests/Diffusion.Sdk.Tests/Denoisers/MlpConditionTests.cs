using Diffusion.Sdk.Denoisers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Denoisers;

/// <summary>The choices of an <see cref="MlpDenoiser"/> beyond the tutorial's: time, conditions, variance.</summary>
public sealed class MlpConditionTests : TensorTest
{
    private static readonly MlpDenoiserConfig s_small =
        new() { Width = 16, Depth = 2, TimeWidth = 8, NumTrainTimesteps = 50, Activation = Activation.Relu };

    [Fact]
    public void Forward_TimeFrequenciesAndNoNetwork_SeesTheWavesThemselves()
    {
        double[] frequencies = [1, 2.5, 10, 100];
        using var denoiser = new MlpDenoiser(s_small with { TimeFrequencies = frequencies, TimeNetwork = false }, 3);
        Dictionary<string, Tensor> w = denoiser.state_dict();
        Tensor x = tensor(new float[] { 1, -2, 0.5f, 3 }, [2, 2]);
        Tensor angles = tensor([0, 0, 0, 0, .. frequencies.Select(f => (float)(f * 49 / 50))], [2, 4]);
        Tensor hidden = cat([x, angles.sin(), angles.cos()], 1);
        for (int k = 0; k < 3; k++)
        {
            hidden = hidden.matmul(w[$"layers.{k}.weight"].t()).add(w[$"layers.{k}.bias"]);
            hidden = k < 2 ? hidden.relu() : hidden;
        }

        Assert.True(allclose(hidden, denoiser.call(x, tensor(new long[] { 0, 49 }), null), 1e-4, 1e-5));
        Assert.DoesNotContain(w.Keys, key => key.StartsWith("time_", StringComparison.Ordinal));
    }

    [Fact]
    public void Forward_Condition_IsTheEmbeddingAddedToTheTimes()
    {
        using var denoiser = new MlpDenoiser(s_small with { ConditionWidth = 3, TimeNetwork = false }, 3);
        Dictionary<string, Tensor> w = denoiser.state_dict();
        Tensor x = randn(4, 2), condition = randn(4, 3), timesteps = tensor(new long[] { 0, 7, 20, 49 });
        const string Embedding = "condition_embedding.linear";
        Tensor embedded = Linear(Linear(condition, $"{Embedding}_1").relu(), $"{Embedding}_2");
        Tensor hidden = cat([x, denoiser.ProjectTime(timesteps).add(embedded)], 1);
        for (int k = 0; k < 3; k++)
        {
            hidden = Linear(hidden, $"layers.{k}");
            hidden = k < 2 ? hidden.relu() : hidden;
        }

        Assert.True(allclose(hidden, denoiser.call(x, timesteps, condition), 1e-4, 1e-5));

        Tensor Linear(Tensor input, string name) => input.matmul(w[$"{name}.weight"].t()).add(w[$"{name}.bias"]);
    }

    [Theory]
    [InlineData(false, null, false)]
    [InlineData(true, 3, false)]
    [InlineData(false, 1, true)]
    public void BeginSampling_AnyBatchSize_EqualsForward(bool timeNetwork, int? conditionWidth, bool learnsVariance)
    {
        MlpDenoiserConfig config = s_small with
        {
            TimeNetwork = timeNetwork, ConditionWidth = conditionWidth, LearnsVariance = learnsVariance,
            TimeFrequencies = [1, 2, 3, 4],
        };
        using var denoiser = new MlpDenoiser(config, seed: 1);
        long[] timesteps = [49, 20, 0];
        using DenoiserRun run = denoiser.BeginSampling(timesteps);
        foreach (int count in new[] { 1, 5, 2500, 5 })
        {
            using var scope = NewDisposeScope();
            Tensor x = randn(count, 2);
            Tensor? condition = conditionWidth is { } width ? randn(count, width) : null;
            for (int step = 0; step < timesteps.Length; step++)
            {
                Tensor expected = denoiser.call(x, full([count], timesteps[step], ScalarType.Int64), condition);
                Assert.Equal([count, learnsVariance ? 4 : 2], expected.shape);
                Assert.True(allclose(expected, run.Predict(step, x, condition), 1e-5, 1e-5), $"{count}, step {step}");
            }
        }
    }

    [Fact]
    public void Config_ThroughJson_IsTheSame()
    {
        MlpDenoiserConfig config = s_small with
        {
            TimeNetwork = false, TimeFrequencies = [1, 2, 3, 4.5], ConditionWidth = 2, LearnsVariance = true,
        };
        MlpDenoiserConfig read = MlpDenoiserConfig.FromJson(config.ToJson());

        Assert.Equal(config.TimeFrequencies, read.TimeFrequencies);
        Assert.Equal(config with { TimeFrequencies = null }, read with { TimeFrequencies = null });
        Assert.Equal(config.ToJson(), read.ToJson());
    }

    [Fact]
    public void Forward_WrongCondition_SaysWhatIsExpected()
    {
        using var denoiser = new MlpDenoiser(s_small with { ConditionWidth = 3 });
        (Tensor x, Tensor t) = (zeros(4, 2), zeros(4, dtype: ScalarType.Int64));

        Assert.Contains("is null; expected [4, 3]", Message(() => denoiser.call(x, t, null)));
        Assert.Contains("is [4, 2]; expected [4, 3]", Message(() => denoiser.call(x, t, zeros(4, 2))));
    }

    [Fact]
    public void Config_ThatCannotBe_Throws()
    {
        Assert.Contains(
            "ConditionWidth is 1", Message(() => New(s_small with { ConditionWidth = 1, NumClassEmbeds = 2 })));
        Assert.Contains("ConditionWidth is 0", Message(() => New(s_small with { ConditionWidth = 0 })));
        Assert.Contains(
            "TimeFrequencies is 1 2; expected null, or for a sinusoidal embedding TimeWidth / 2 = 4 finite numbers",
            Message(() => New(s_small with { TimeFrequencies = [1, 2] })));

        static void New(MlpDenoiserConfig config) => new MlpDenoiser(config).Dispose();
    }

    private static string Message(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;
}
