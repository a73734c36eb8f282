using System.Diagnostics;
using Diffusion.Sdk.Metrics;

namespace MixtureTutorial;

/// <summary>What one recipe made of one set of 300 points.</summary>
internal sealed record Outcome(
    string Name, TrainingData Data, TrainingResult Training, Samples Samples, MetricResult Distance,
    TimeSpan TrainingTime, TimeSpan SamplingTime);

/// <summary>The tutorial's model and schedule; what differs between the recipes is how it is trained.</summary>
internal static class Recipe
{
    /// <summary>T = 500, beta linear from 1e-4 to 0.02, sigma^2 = beta, nothing clipped.</summary>
    public static DdpmScheduler Scheduler => new(new DdpmSchedulerConfig
    {
        NumTrainTimesteps = 500,
        BetaStart = 1e-4,
        BetaEnd = 0.02,
        VarianceType = VarianceType.FixedLarge,
        ClipSample = false,
    });

    public static Outcome Run(string name, TrainingOptions options, long seed)
    {
        // 100 points from each of three Gaussians; every seed draws its own.
        TrainingData data = TrainingData.FromPoints(PointSets.Tutorial(seed));
        using var model = new MlpDenoiser(new MlpDenoiserConfig { NumTrainTimesteps = 500 }, seed);
        var trainer = new DiffusionTrainer(model, Scheduler, options with { Seed = seed });

        long begin = Stopwatch.GetTimestamp();
        TrainingResult training =
            Bars.Train($"train, {name}", options.Steps, progress => trainer.Run(data, progress));
        TimeSpan trainingTime = Stopwatch.GetElapsedTime(begin);

        using var pipeline = new DdpmPipeline(model, Scheduler);
        begin = Stopwatch.GetTimestamp();
        var every10 = new GenerateOptions { TrajectoryEvery = 10 };
        Samples samples = Bars.Generate(
            $"sample, {name}", progress => pipeline.Generate(1000, seed: seed, options: every10, progress: progress));
        TimeSpan samplingTime = Stopwatch.GetElapsedTime(begin);

        MetricResult distance = PointMetrics.SlicedWasserstein(
            new PointCloud(samples.Values, 2),
            PointCloud.From(GaussianMixture.Tutorial.Sample(10_000, seed + 1_000_000)));
        return new Outcome(name, data, training, samples, distance, trainingTime, samplingTime);
    }
}
