// Ours against PyTorch eager, in turns: the tutorial's model and a U-Net for images, in float32 and in bfloat16.
// Usage: Diffusion.Sdk.Benchmarks [rounds] [path of a python with PyTorch]
//        Diffusion.Sdk.Benchmarks profile: where the time of a step goes, by operator and kernel, on one thread
//        Diffusion.Sdk.Benchmarks allocations: managed memory and native calls of a step alone
//        Diffusion.Sdk.Benchmarks trust SEEDS FOLDER: training and sampling in bfloat16 beside float32; MNIST is there
//        Diffusion.Sdk.Benchmarks images FOLDER FILE: sixteen images of the pipeline in a folder, as a picture
using System.Diagnostics;
using System.Globalization;
using Diffusion.Sdk.Benchmarks;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Spectre.Console;
using TorchSharp;

if (args is ["images", var pipeline, var picture])
{
    ColdStart.Draw(pipeline, picture);
    return 0;
}

ProcessTuning.KeepFreedMemory();
ProcessTuning.SetBlasThreads(1);
string blas = ProcessTuning.DescribeBlas() ?? "libtorch's own BLAS";
string kernels = ProcessTuning.DescribeKernels() ?? "no";
AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 160);
AnsiConsole.MarkupLineInterpolated($"[grey]{Machine.Cpu()}, {Environment.ProcessorCount} processors[/]");
AnsiConsole.MarkupLineInterpolated($"[grey]{blas}; {kernels} kernels[/]");
if (args is ["profile"])
{
    StepProfile.Show(Precision.Full);
    StepProfile.Show(Precision.BFloat16);
    return 0;
}
if (args is ["allocations"])
{
    Allocations.Show();
    return 0;
}
if (args is ["trust", var seeds, var folder])
{
    int pairs = int.Parse(seeds, CultureInfo.InvariantCulture);
    PointTrust.Show(pairs);
    return TrustBench.Run(pairs, folder) ? 0 : 1;
}

int rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 9;
string python = args.Length > 1 ? args[1] : "/usr/bin/python3";
IReadOnlyDictionary<Precision, double> errors = new Dictionary<Precision, double>();
List<Comparison> comparisons = [];
AnsiConsole.Progress()
    .Columns(
        new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(),
        new RemainingTimeColumn())
    .Start(context =>
    {
        comparisons.AddRange(TutorialBench.Measure(rounds, python, context));
        (IReadOnlyList<Comparison> images, errors) = UNetBench.Measure(rounds, python, context);
        comparisons.AddRange(images);
    });
Dictionary<Precision, double> ceilings = new()
{
    [Precision.Full] = Machine.Ceiling(torch.ScalarType.Float32),
    [Precision.BFloat16] = Machine.Ceiling(torch.ScalarType.BFloat16),
};
Table table = new Table().Border(TableBorder.Rounded).AddColumns(
    "work", "ours in", "threads", "ours", "PyTorch", "ratio", "spread", "must", "GFLOP/s", "of the ceiling", "MiB",
    "PyTorch's");
foreach (Comparison c in comparisons)
{
    double speed = c.Flops / c.OurSeconds;
    table.AddRow(
        c.Work.Name, c.Work.PrecisionName, c.Work.Threads, Time(c.OurSeconds), Time(c.TheirSeconds), $"{c.Ratio:F2}",
        $"{c.Spread.Low:F1} to {c.Spread.High:F1}", $"{c.Work.Must:G}", $"{speed / 1e9:F0}",
        $"{speed / ceilings[c.Work.Precision]:P0}", $"{c.OurMemory:F0}", $"{c.TheirMemory:F0}");
}
AnsiConsole.Write(table);
AnsiConsole.MarkupLineInterpolated(
    $"[grey]{rounds} rounds in turns. Ratio: PyTorch's median time over ours; spread: of neighbouring runs.[/]");
AnsiConsole.MarkupLine("[grey]Threads: ours, PyTorch's; of libtorch + of the matrix library. MiB: most resident.[/]");
AnsiConsole.MarkupLine(
    $"[grey]Ceiling: libtorch's product of two matrices 2,048 x 2,048: {ceilings[Precision.Full] / 1e9:F0} GFLOP/s " +
    $"in float32, {ceilings[Precision.BFloat16] / 1e9:F0} in bfloat16.[/]");
AnsiConsole.MarkupLine(
    $"[grey]The U-Nets' outputs differ by {errors[Precision.Full]:0.0E+0} of the largest value (1E-5 is allowed), in " +
    $"bfloat16 by {errors[Precision.BFloat16]:0.0E+0} (3E-2).[/]");
Growth.Show();
using (var allocations = Process.Start(
    "dotnet", [Path.Combine(AppContext.BaseDirectory, "Diffusion.Sdk.Benchmarks.dll"), "allocations"]))
{
    allocations.WaitForExit(); // a process of its own, none of whose threads has been given more than one by libtorch
}
ColdStart.Show();
return errors[Precision.Full] < 1e-5 && errors[Precision.BFloat16] < 3e-2 ? 0 : 1;

static string Time(double seconds) => seconds >= 1 ? $"{seconds:F2} s" : $"{seconds * 1e3:G3} ms";
