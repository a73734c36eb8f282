using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Metrics;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Training;

namespace Docs.Tests.Snippets;

/// <summary>How to choose a scheduler.</summary>
public sealed class Choosing : SnippetTest
{
    [Fact]
    public void Measure()
    {
        #region choosing-measure
        using var model = new MlpDenoiser();
        var scheduler = new DdpmScheduler(new DdpmSchedulerConfig { NumTrainTimesteps = 500, ClipSample = false });
        TrainingOptions recipe = TrainingOptions.Recommended;
        int count = 1000;
        (recipe, count) = (recipe with { Steps = 5 }, 50); // hidden
        TrainingData data = TrainingData.FromPoints(PointSets.Tutorial(seed: 0));
        new DiffusionTrainer(model, scheduler, recipe).Run(data).Dispose();

        PointCloud truth = PointCloud.From(GaussianMixture.Tutorial.Sample(10_000, seed: 1));
        truth = PointCloud.From(GaussianMixture.Tutorial.Sample(100, seed: 1)); // hidden
        Scheduler[] candidates = [scheduler, DdimScheduler.FromConfig(scheduler.Config)];
        foreach (int n in new[] { 5, 10, 20, 50, 100, 500 })
        {
            foreach (Scheduler candidate in candidates)
            {
                using var pipeline = new DdpmPipeline(model, candidate);
                PointCloud made = new(pipeline.Generate(count, steps: n, seed: 2).Values, dimensions: 2);
                Console.WriteLine($"{candidate.Config.ClassName}, {n}: {PointMetrics.SlicedWasserstein(made, truth)}");
            }
        }
        #endregion
    }

    [Fact]
    public void Configure()
    {
        #region choosing-config
        var trained = new DdpmSchedulerConfig { NumTrainTimesteps = 1000, ClipSample = false };
        var careful = new DdpmScheduler(trained with { VarianceType = VarianceType.FixedSmall });
        var quick = DdimScheduler.FromConfig(trained with { TimestepSpacing = TimestepSpacing.Trailing });
        var noisy = new DdimScheduler(quick.Config) { Eta = 0.5 };
        #endregion

        quick.SetTimesteps(10);
        Assert.Equal(999, quick.Timesteps[0]);
        Assert.True(noisy.NeedsNoise(500));
        Assert.Equal(1000, careful.NumTrainTimesteps);
    }
}
