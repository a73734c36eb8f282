// The tutorial's model: our training step and our sampling loop against PyTorch eager, in turns, one thread each.
// Usage: Diffusion.Sdk.Benchmarks [rounds] [path of a python with PyTorch]
using System.Globalization;
using Diffusion.Sdk.Benchmarks;
using Diffusion.Sdk.Numerics;
using Spectre.Console;

const int TrainingSteps = 400, Points = 1000, SamplingSteps = 500;
int rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 9;
string python = args.Length > 1 ? args[1] : "/usr/bin/python3";

// One thread each: the matrix library's, and those of libtorch's own loops.
ProcessTuning.SetBlasThreads(1);
TorchSharp.torch.set_num_threads(1);
using var ours = new Tutorial();
using var peer = new Peer(python);
string blas = ProcessTuning.DescribeBlas() ?? "libtorch's own BLAS";
AnsiConsole.MarkupLineInterpolated($"[grey]{Machine.Cpu()}; {blas}; {rounds} rounds in turns[/]");

List<Comparison> comparisons = [];
AnsiConsole.Progress()
    .Columns(
        new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(),
        new RemainingTimeColumn())
    .Start(context =>
    {
        ProgressTask training = context.AddTask("training", maxValue: rounds);
        ProgressTask sampling = context.AddTask("sampling", maxValue: rounds);
        comparisons.Add(Comparison.Measure($"training step, batch 256, Adam ({TrainingSteps} steps)", rounds,
            () => ours.Train(TrainingSteps), () => peer.Ask($"train {TrainingSteps}"), done => training.Value = done));
        comparisons.Add(Comparison.Measure($"sampling {Points:N0} points x {SamplingSteps} steps", rounds,
            () => ours.Sample(Points), () => peer.Ask($"sample {Points} {SamplingSteps}"),
            done => sampling.Value = done));
    });

Table table = new Table().Border(TableBorder.Rounded).AddColumns("work", "ours", "PyTorch eager", "ratio", "spread");
int[] steps = [TrainingSteps, SamplingSteps];
for (int k = 0; k < comparisons.Count; k++)
{
    Comparison c = comparisons[k];
    table.AddRow(
        c.Work, $"{steps[k] / c.OurMedian:F0} steps/s", $"{steps[k] / c.TheirMedian:F0} steps/s", $"{c.Ratio:F2}",
        $"{c.Spread.Low:F2} to {c.Spread.High:F2}");
}
table.AddRow("peak memory", $"{Machine.PeakMemoryMiB():F0} MiB", $"{peer.Ask("memory"):F0} MiB", "", "");
AnsiConsole.Write(table);
AnsiConsole.MarkupLine(
    "[grey]Ratio: PyTorch's median time over ours. Spread: least and greatest ratio of neighbouring runs.[/]");
return 0;
