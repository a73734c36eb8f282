// Ours against PyTorch eager, in turns: the tutorial's model with one thread each, and a U-Net for images with the best
// thread setting of each.
// Usage: Diffusion.Sdk.Benchmarks [rounds] [path of a python with PyTorch]
//        Diffusion.Sdk.Benchmarks profile: where the time of the U-Net's forward pass goes, on one thread
//        Diffusion.Sdk.Benchmarks trust SEEDS FOLDER: training and sampling in bfloat16 beside float32, on MNIST
using System.Globalization;
using Diffusion.Sdk.Benchmarks;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Spectre.Console;

ProcessTuning.KeepFreedMemory();
ProcessTuning.SetBlasThreads(1);
string blas = ProcessTuning.DescribeBlas() ?? "libtorch's own BLAS";
if (args is ["profile"])
{
    AnsiConsole.MarkupLineInterpolated($"[grey]{Machine.Cpu()}; {blas}[/]");
    UNetProfile.Show(Precision.Full);
    UNetProfile.Show(Precision.BFloat16);
    return 0;
}

if (args is ["trust", var seeds, var folder])
{
    return TrustBench.Run(int.Parse(seeds, CultureInfo.InvariantCulture), folder) ? 0 : 1;
}

int rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 9;
string python = args.Length > 1 ? args[1] : "/usr/bin/python3";
AnsiConsole.MarkupLineInterpolated($"[grey]{Machine.Cpu()}; {blas}; {rounds} rounds in turns[/]");
double ownMemory = 0, peerMemory = 0, error = 0, roundedError = 0;
List<Comparison> comparisons = [];
AnsiConsole.Progress()
    .Columns(
        new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(),
        new RemainingTimeColumn())
    .Start(context =>
    {
        (IReadOnlyList<Comparison> points, peerMemory) = TutorialBench.Measure(rounds, python, context);
        ownMemory = Machine.PeakMemoryMiB();
        (IReadOnlyList<Comparison> images, error, roundedError) = UNetBench.Measure(rounds, python, context);
        comparisons.AddRange([.. points, .. images]);
    });

Table table = new Table().Border(TableBorder.Rounded)
    .AddColumns("work", "ours, steps/s", "PyTorch eager, steps/s", "ratio", "spread");
foreach (Comparison c in comparisons)
{
    table.AddRow(
        c.Work, Rate(c.OurRate), Rate(c.TheirRate), $"{c.Ratio:F2}", $"{c.Spread.Low:F2} to {c.Spread.High:F2}");
}
AnsiConsole.Write(table);
AnsiConsole.MarkupLine(
    "[grey]Ratio: PyTorch's median time over ours. Spread: least and greatest ratio of neighbouring runs.[/]");
AnsiConsole.MarkupLineInterpolated(
    $"[grey]Peak memory of the points: {ownMemory:F0} MiB here, {peerMemory:F0} MiB there.[/]");
AnsiConsole.MarkupLineInterpolated(
    $"[grey]The U-Nets' outputs differ by {error:0.0E+0} of the largest value; at most 1E-5 is allowed.[/]");
AnsiConsole.MarkupLineInterpolated(
    $"[grey]In bfloat16 by {roundedError:0.0E+0}; at most 3E-2 is allowed.[/]");
return error < 1e-5 && roundedError < 3e-2 ? 0 : 1;

static string Rate(double rate) => rate >= 10 ? $"{rate:F0}" : $"{rate:F2}";
