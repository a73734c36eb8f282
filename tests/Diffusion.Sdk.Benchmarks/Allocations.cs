using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Training;
using Spectre.Console;
using TorchSharp.Aten;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Benchmarks;

/// <summary>Managed memory of all threads over 100 steady steps, and how often a step calls libtorch.</summary>
internal static class Allocations
{
    private const int Warm = 100, Steps = 100;

    private static readonly TrainingData s_points = TrainingData.FromPoints(PointSets.Tutorial(seed: 0));
    private static readonly TrainingData s_images = TrainingData.FromValues(
        [.. Enumerable.Range(0, 8 * 28 * 28).Select(i => (float)Math.Sin(i))], 1, 28, 28);

    public static void Show()
    {
        set_num_threads(1); // so that every call is counted
        Table table = new Table().Border(TableBorder.Rounded)
            .AddColumns("work", "bytes a step", "operators a step", "native calls a step", "bytes a native call");
        foreach (Precision precision in (Precision[])[Precision.Full, Precision.BFloat16])
        {
            string name = precision == Precision.Full ? "float32" : "bfloat16";
            using var mlp = new MlpDenoiser();
            Row(table, $"points, sampling 1,000, {name}", Sample(mlp, 1000, precision));
            TrainingOptions tutorial = TrainingOptions.Tutorial with { Precision = precision, Ema = [new EmaOptions()] };
            Row(table, $"points, training, batch 256, {name}", Train(mlp, s_points, tutorial));
            using var unet = new UNet2DModel(UNet2DConfig.SmallCpu, new PhiloxStreams(0), zeroOutput: false);
            Row(table, $"images, sampling 2, {name}", Sample(unet, 2, precision));
            Row(table, $"images, training, batch 2, {name}", Train(
                unet, s_images, TrainingOptions.Images with { BatchSize = 2, Precision = precision }));
        }
        AnsiConsole.Write(table);
    }

    private static void Row(Table table, string work, Count count) => table.AddRow(
        work, $"{count.Bytes:N0}", $"{count.Operators:N0}", $"{count.Calls:N0}",
        count.Calls > 0 ? $"{count.Bytes / count.Calls:N0}" : "");

    private static Count Sample(Denoiser denoiser, int count, Precision precision)
    {
        var scheduler = new DdpmScheduler(new DdpmSchedulerConfig { ClipSample = false });
        using var pipeline = new DdpmPipeline(denoiser, scheduler, new DdpmPipelineOptions { Precision = precision });
        return Counted<GenerateProgress>(
            progress => progress.CompletedSteps,
            counter => pipeline.Generate(count, Warm + Steps, seed: 1, progress: counter));
    }

    private static Count Train(Denoiser denoiser, TrainingData data, TrainingOptions options)
    {
        options = options with { Steps = Warm + Steps, ReportEvery = Warm, Threads = 1 };
        var scheduler = new DdpmScheduler(new DdpmSchedulerConfig { ClipSample = false });
        return Counted<TrainingProgress>(progress => progress.Step, counter =>
        {
            denoiser.TrainingRecord = null;
            new DiffusionTrainer(denoiser, scheduler, options).Run(data, counter).Dispose();
        });
    }

    // Twice, since counting calls takes memory itself.
    private static Count Counted<T>(Func<T, long> stepOf, Action<IProgress<T>> run)
    {
        var bytes = new Counter<T>(stepOf, countsCalls: false);
        run(bytes);
        var calls = new Counter<T>(stepOf, countsCalls: true);
        run(calls);
        return new Count(
            bytes.Bytes / (double)Steps, calls.Operators / (double)Steps, calls.NativeCalls / (double)Steps);
    }

    private readonly record struct Count(double Bytes, double Operators, double Calls);

    /// <summary>Counts on the run's own thread, between two reports.</summary>
    private sealed class Counter<T>(Func<T, long> stepOf, bool countsCalls) : IProgress<T>
    {
        private OperatorProfile? _calls;

        public long Bytes { get; private set; }

        public long Operators { get; private set; }

        public long NativeCalls { get; private set; }

        public void Report(T value)
        {
            if (stepOf(value) == Warm)
            {
                _calls = countsCalls ? new OperatorProfile() : null;
                Bytes = GC.GetTotalAllocatedBytes(precise: true);
            }
            else if (stepOf(value) == Warm + Steps)
            {
                Bytes = GC.GetTotalAllocatedBytes(precise: true) - Bytes;
                Operators = _calls?.Operators.Values.Sum(time => time.Calls) ?? 0;
                NativeCalls = _calls?.NativeCalls ?? 0;
                _calls?.Dispose();
            }
        }
    }
}
