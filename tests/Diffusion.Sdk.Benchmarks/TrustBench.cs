using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Metrics;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Training;
using Spectre.Console;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Benchmarks;

/// <summary>
/// Whether training and sampling in bfloat16 give what float32 gives: the small digits U-Net from the same weights over
/// the same batches and noise, then images from the same noise.
/// </summary>
internal static class TrustBench
{
    private const int Steps = 1000;
    private const int Last = 500; // losses that are compared
    private const int Images = 512;
    private const double MostLoss = 0.01; // relative

    /// <summary>Whether all seeds agree.</summary>
    /// <param name="seeds">How many pairs.</param>
    /// <param name="folder">That of MNIST.</param>
    public static bool Run(int seeds, string folder)
    {
        set_num_threads(Environment.ProcessorCount);
        ImageData images = Load(folder, "train");
        PointCloud real = Points(Load(folder, "t10k").Values.Span[..(4 * Images * 784)]);
        Table table = new Table().Border(TableBorder.Rounded).AddColumns(
            "seed", "loss, float32", "loss, bfloat16", "difference", "distance, float32", "distance, bfloat16",
            "real against real");
        bool trusted = true;
        for (int seed = 0; seed < seeds; seed++)
        {
            (double loss, MetricResult distance) = Measure(images, real, seed, Precision.Full);
            (double roundedLoss, MetricResult roundedDistance) = Measure(images, real, seed, Precision.BFloat16);
            double difference = (roundedLoss - loss) / loss;
            // How far the distance scatters if other images are drawn, in both: 95% of the difference.
            double interval = 1.96 * Math.Sqrt(2) * distance.FloorDeviation;
            bool agrees = Math.Abs(difference) <= MostLoss
                && Math.Abs(roundedDistance.Value - distance.Value) <= interval;
            trusted &= agrees;
            table.AddRow(
                $"{seed}", $"{loss:F5}", $"{roundedLoss:F5}", $"{difference:+0.00 %;-0.00 %}", $"{distance.Value:F4}",
                $"{roundedDistance.Value:F4}", $"{distance.Floor:F4} ± {interval:F4}{(agrees ? "" : " (!)")}");
        }
        AnsiConsole.Write(table);
        AnsiConsole.MarkupLineInterpolated(
            $"[grey]Loss: mean of the last {Last} of {Steps} steps; it may differ by {MostLoss:P0}.[/]");
        AnsiConsole.MarkupLineInterpolated(
            $"[grey]Distance: sliced Wasserstein, {Images} images by DDIM 20 from MNIST's; it may differ by ±.[/]");
        return trusted;
    }

    private static (double Loss, MetricResult Distance) Measure(
        ImageData images, PointCloud real, long seed, Precision precision)
    {
        using var network = new UNet2DModel(UNet2DConfig.SmallCpu, new PhiloxStreams(seed));
        TrainingOptions options = TrainingOptions.Images with
        {
            Steps = Steps,
            Seed = seed,
            Precision = precision,
            Threads = Environment.ProcessorCount,
        };
        var trainer = new DiffusionTrainer(network, new DdpmScheduler(new DdpmSchedulerConfig()), options);
        using TrainingResult result = trainer.RunAsync(images).GetAwaiter().GetResult();
        using var pipeline = new DdpmPipeline(
            network, new DdimScheduler(new DdimSchedulerConfig()), new DdpmPipelineOptions { Precision = precision });
        Samples samples = pipeline.Generate(Images, 20, seed);
        MetricResult distance = PointMetrics.SlicedWasserstein(Points(samples.Values.Span), real);
        return (result.Losses.TakeLast(Last).Average(), distance);
    }

    private static PointCloud Points(ReadOnlySpan<float> values) => new(values.ToArray(), 784);

    private static ImageData Load(string folder, string part)
    {
        string path = Path.Combine(folder, $"{part}-images-idx3-ubyte");
        return ImageData.FromIdx(File.Exists(path) ? path : path + ".gz");
    }
}
