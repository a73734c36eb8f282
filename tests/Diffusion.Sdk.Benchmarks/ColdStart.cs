using System.Diagnostics;
using Diffusion.Sdk.Imaging;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Spectre.Console;
using TorchSharp;

namespace Diffusion.Sdk.Benchmarks;

/// <summary>
/// The time from the start of a process to sixteen images in a file: U-Net 32-64-64, DDIM in 20 steps.
/// </summary>
internal static class ColdStart
{
    private const int Runs = 3, Images = 16, Steps = 20;

    public static void Show()
    {
        string folder = Directory.CreateTempSubdirectory("cold-start-").FullName;
        try
        {
            using var work = new UNetWork();
            using var pipeline = new DdpmPipeline(work.Model, work.Scheduler);
            string saved = Path.Combine(folder, "pipeline");
            pipeline.SavePretrained(saved);
            string picture = Path.Combine(folder, "images.png");
            double[] seconds = [.. Enumerable.Range(0, Runs).Select(_ => Run(saved, picture))];
            AnsiConsole.MarkupLine(
                $"From the start of a process to {Images} images in a file, DDIM in {Steps} steps: " +
                $"{seconds.Min():F1} to {seconds.Max():F1} s.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What such a process does.</summary>
    public static void Draw(string folder, string picture)
    {
        ProcessTuning.WaitPassively();
        ProcessTuning.SetBlasThreads(1);
        torch.set_num_threads(Environment.ProcessorCount);
        using DdpmPipeline trained = DdpmPipeline.FromPretrained(folder);
        using DdpmPipeline pipeline = trained.WithScheduler(DdimScheduler.FromConfig(trained.Scheduler.Config));
        pipeline.Generate(Images, Steps, seed: 1).SaveGrid(picture);
    }

    private static double Run(string folder, string picture)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Diffusion.Sdk.Benchmarks.dll");
        long begin = Stopwatch.GetTimestamp();
        using Process process = Process.Start("dotnet", [program, "images", folder, picture]);
        process.WaitForExit();
        return process.ExitCode == 0
            ? Stopwatch.GetElapsedTime(begin).TotalSeconds
            : throw new InvalidOperationException($"Drawing ended with {process.ExitCode}.");
    }
}
