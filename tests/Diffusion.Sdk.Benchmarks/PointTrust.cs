using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Metrics;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Training;
using Spectre.Console;

namespace Diffusion.Sdk.Benchmarks;

/// <summary>
/// Whether bfloat16 learns and samples as float32 does: the tutorial on the mixture of three Gaussians in full, with the
/// same seeds.
/// </summary>
internal static class PointTrust
{
    private const int LastSteps = 1000, Points = 1000;

    private static DdpmScheduler Scheduler => new(new DdpmSchedulerConfig
    {
        NumTrainTimesteps = 500, VarianceType = VarianceType.FixedLarge, ClipSample = false,
    });

    public static void Show(int seeds)
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumns(
            "recipe", "seed", $"loss of the last {LastSteps:N0} steps", "the same in bfloat16", "apart",
            "sliced Wasserstein, 95%", "the same in bfloat16");
        foreach ((string name, TrainingOptions options) in ((string, TrainingOptions)[])
            [("tutorial", TrainingOptions.Tutorial), ("recommended", TrainingOptions.Recommended)])
        {
            for (int seed = 0; seed < seeds; seed++)
            {
                (double loss, MetricResult distance) = Run(options with { Seed = seed });
                (double rounded, MetricResult roundedDistance) =
                    Run(options with { Seed = seed, Precision = Precision.BFloat16 });
                table.AddRow(
                    name, $"{seed}", $"{loss:F4}", $"{rounded:F4}", $"{Math.Round(rounded / loss - 1, 4):+0.00%;-0.00%;0.00%}",
                    $"{distance}", $"{roundedDistance}");
            }
        }
        AnsiConsole.Write(table);
    }

    private static (double Loss, MetricResult Distance) Run(TrainingOptions options)
    {
        using var model = new MlpDenoiser(new MlpDenoiserConfig { NumTrainTimesteps = 500 }, options.Seed);
        TrainingData data = TrainingData.FromPoints(PointSets.Tutorial(options.Seed));
        using TrainingResult training = new DiffusionTrainer(model, Scheduler, options).Run(data);
        using var pipeline = new DdpmPipeline(
            model, Scheduler, new DdpmPipelineOptions { Precision = options.Precision });
        Samples samples = pipeline.Generate(Points, seed: options.Seed);
        MetricResult distance = PointMetrics.SlicedWasserstein(
            new PointCloud(samples.Values, 2),
            PointCloud.From(GaussianMixture.Tutorial.Sample(10_000, options.Seed + 1_000_000)));
        return (training.Losses.TakeLast(LastSteps).Average(loss => (double)loss), distance);
    }
}
