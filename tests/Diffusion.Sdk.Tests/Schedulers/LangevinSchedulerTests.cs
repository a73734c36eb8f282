using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Schedulers;

/// <summary>The score of a denoiser, and Langevin dynamics along exact ones.</summary>
public sealed class LangevinSchedulerTests : TensorTest
{
    private static readonly GaussianMixture s_truth = GaussianMixture.OnLine((1, -1, 0.3), (3, 1, 0.3));

    [Theory]
    [InlineData(PredictionType.Epsilon)]
    [InlineData(PredictionType.Sample)]
    [InlineData(PredictionType.VPrediction)]
    public void GetScore_OfThePerfectPrediction_IsTheExactScore(PredictionType prediction)
    {
        var scheduler = new DdpmScheduler(new DdpmSchedulerConfig { PredictionType = prediction });
        using var scope = NewDisposeScope();
        float[] points = [-2, -0.5f, 0.1f, 1.3f];
        long[] timesteps = [10, 400, 999, 400];
        for (int i = 0; i < points.Length; i++)
        {
            double alphaBar = scheduler.AlphasCumprod[(int)timesteps[i]];
            float[] noise = new float[1], score = new float[1];
            s_truth.PosteriorNoise([points[i]], alphaBar, noise);
            s_truth.Noised(alphaBar).Score([points[i]], score);
            double original = (points[i] - Math.Sqrt(1 - alphaBar) * noise[0]) / Math.Sqrt(alphaBar);
            double output = prediction switch
            {
                PredictionType.Epsilon => noise[0],
                PredictionType.Sample => original,
                _ => Math.Sqrt(alphaBar) * noise[0] - Math.Sqrt(1 - alphaBar) * original,
            };
            Tensor actual = scheduler.GetScore(
                tensor(new[] { (float)output }, [1, 1]), tensor(new[] { points[i] }, [1, 1]), [timesteps[i]]);
            Assert.Equal(score[0], actual.item<float>(), 2e-3f * Math.Max(1, Math.Abs(score[0])));
        }
    }

    [Fact]
    public void Step_IsTheUpdateOfLangevinDynamics()
    {
        var scheduler = new LangevinScheduler(new LangevinSchedulerConfig { StepSize = 0.5 });
        using var scope = NewDisposeScope();
        Tensor sample = randn(3, 2), output = randn(3, 2), noise = randn(3, 2);
        double variance = 1 - scheduler.AlphasCumprod[100];

        SchedulerOutput step = scheduler.Step(output, 100, sample, noise);

        Tensor expected = sample.sub(output.mul(0.25 * variance / Math.Sqrt(variance)))
            .add(noise.mul(Math.Sqrt(0.5 * variance)));
        Assert.True(allclose(expected, step.PrevSample, 1e-4, 1e-5));
        Assert.Throws<ArgumentNullException>(() => scheduler.Step(output, 100, sample));
    }

    [Fact]
    public void SetTimesteps_RepeatsEachLevel()
    {
        var annealed = new LangevinScheduler(new LangevinSchedulerConfig { NumTrainTimesteps = 10, StepsPerLevel = 2 });
        annealed.SetTimesteps(5);
        Assert.Equal([8, 8, 6, 6, 4, 4, 2, 2, 0, 0], annealed.Timesteps);

        var plain = new LangevinScheduler(annealed.Config with { Level = 3, StepsPerLevel = 4 });
        plain.SetTimesteps(5);
        Assert.Equal([3, 3, 3, 3], plain.Timesteps);
    }

    [Fact]
    public void Generate_AnnealedAlongTheExactScore_IsTheMixture()
    {
        var config = new LangevinSchedulerConfig { NumTrainTimesteps = 100, BetaEnd = 0.2, StepsPerLevel = 20 };
        using var denoiser = new Exact(new LangevinScheduler(config).AlphasCumprod.ToArray());
        using var pipeline = new DdpmPipeline(denoiser, new LangevinScheduler(config));

        Samples samples = pipeline.Generate(2000, seed: 1);

        var found = MixtureRecovery.Of(s_truth, samples.Values.Span);
        Assert.InRange(found.LargestFractionError, 0, 0.05);
        Assert.InRange(found.LargestMeanError, 0, 0.05);
    }

    [Fact]
    public void Config_ThroughJson_IsTheSame()
    {
        var config = new LangevinSchedulerConfig { StepSize = 0.25, StepsPerLevel = 3, Level = 7 };
        Assert.Equal(config, SchedulerConfig.FromJson(config.ToJson()));
        Assert.Equal(config with { Level = null }, SchedulerConfig.FromJson((config with { Level = null }).ToJson()));
        Assert.Contains(
            "StepSize is 2; expected a number in (0, 2)",
            Assert.ThrowsAny<ArgumentException>(() => new LangevinScheduler(config with { StepSize = 2 })).Message);
        Assert.Contains(
            "Level is 1000", Assert.ThrowsAny<ArgumentException>((config with { Level = 1000 }).Validate).Message);
    }

    /// <summary>The exact mean of the noise.</summary>
    private sealed class Exact(float[] alphasCumprod) : Denoiser(nameof(Exact))
    {
        public override IReadOnlyList<int> SampleShape { get; } = [1];

        public override string ToConfigJson() => "{}";

        public override Tensor forward(Tensor input1, Tensor input2, Tensor? input3)
        {
            float[] points = input1.data<float>().ToArray();
            using Tensor first = input2[0];
            s_truth.PosteriorNoise(points, alphasCumprod[first.item<long>()], points);
            return tensor(points, input1.shape);
        }
    }
}
