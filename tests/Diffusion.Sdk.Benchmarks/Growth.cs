using System.Diagnostics;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Spectre.Console;

namespace Diffusion.Sdk.Benchmarks;

/// <summary>
/// How our time grows with the work, in float32: the least of a few runs at each size, and the exponent.
/// </summary>
internal static class Growth
{
    private const int Runs = 2;

    public static void Show()
    {
        TorchSharp.torch.set_num_threads(Environment.ProcessorCount);
        Table table = new Table().Border(TableBorder.Rounded).AddColumns("work", "sizes", "seconds", "exponent");
        using var mlp = new MlpDenoiser();
        Row(table, "points, 50 steps", [1000, 10_000, 100_000, 1_000_000], count => Generate(mlp, count, 50));
        Row(table, "steps, 1,000 points", [10, 30, 100, 300, 1000], steps => Generate(mlp, 1000, steps));
        using var unet = new UNet2DModel(UNet2DConfig.SmallCpu, new PhiloxStreams(0), zeroOutput: false);
        Row(table, "images, 28 x 28, 4 steps", [1, 4, 16, 64, 256, 1024], count => Generate(unet, count, 4));
        Row(table, "steps, 16 images", [10, 30, 100], steps => Generate(unet, 16, steps));
        Row(table, "pixels of 16 images, 4 steps", [28 * 28, 40 * 40, 52 * 52, 64 * 64], pixels =>
        {
            var size = (int)Math.Sqrt(pixels);
            using var wide = new UNet2DModel(
                UNet2DConfig.SmallCpu with { SampleSize = size }, new PhiloxStreams(0), zeroOutput: false);
            return Generate(wide, 16, 4);
        });
        AnsiConsole.Write(table);
        AnsiConsole.MarkupLine(
            "[grey]The exponent fits seconds = a size^b: 1 is as much again for as much more; less means that small " +
            "work does not fill the processor. The U-Net is SmallCpu, whose attention is at a quarter of the side.[/]");
    }

    private static void Row(Table table, string work, int[] sizes, Func<int, double> seconds)
    {
        double[] times = [.. sizes.Select(size =>
        {
            seconds(size); // warms up
            return Enumerable.Range(0, Runs).Min(_ => seconds(size));
        })];
        double exponent = Slope([.. sizes.Select(size => Math.Log(size))], [.. times.Select(time => Math.Log(time))]);
        table.AddRow(
            work, string.Join(", ", sizes.Select(size => $"{size:N0}")),
            string.Join(", ", times.Select(time => $"{time:G2}")), $"{exponent:F2}");
    }

    private static double Slope(double[] x, double[] y)
    {
        (double meanX, double meanY) = (x.Average(), y.Average());
        return x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum() / x.Sum(a => (a - meanX) * (a - meanX));
    }

    private static double Generate(Denoiser denoiser, int count, int steps)
    {
        var scheduler = new DdpmScheduler(new DdpmSchedulerConfig { ClipSample = false });
        using var pipeline = new DdpmPipeline(denoiser, scheduler);
        long begin = Stopwatch.GetTimestamp();
        pipeline.Generate(count, steps, seed: 1);
        return Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }
}
