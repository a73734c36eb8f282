using System.Diagnostics;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Spectre.Console;
using TorchSharp.Aten;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Benchmarks;

/// <summary>
/// Where the time of a step goes if one thread makes it: our kernels and, for images, operators of libtorch.
/// </summary>
internal static class StepProfile
{
    private const double Shown = 0.005; // of the time; less is summed up

    public static void Show(Precision precision)
    {
        set_num_threads(1);
        using (var work = new UNetWork())
        {
            work.Forward(precision);
            Profile($"U-Net forward, batch {UNetWork.Batch}, {precision}", 3, passes =>
            {
                using var operators = new OperatorProfile();
                double seconds = Enumerable.Range(0, passes).Sum(_ => work.Forward(precision));
                return (seconds, operators.Operators);
            });
            using var training = new SteppedTraining(work, threads: 1, precision, profiled: true);
            training.Step();
            Profile($"U-Net training step, batch {UNetWork.Batch}, {precision}", 3, passes =>
            {
                IReadOnlyDictionary<string, OperatorTime> before = training.Operators;
                double seconds = Enumerable.Range(0, passes).Sum(_ => training.Step());
                return (seconds, Difference(training.Operators, before));
            });
        }
        using var tutorial = new Tutorial(precision, threads: 1);
        tutorial.Train(10);
        Profile($"MLP training step, batch 256, {precision}", 2000 + Tutorial.Warm, steps =>
            Whole(() => tutorial.Train(steps - Tutorial.Warm)));
        tutorial.Sample(1000, 10);
        Profile($"MLP sampling step, 1,000 points, {precision}", 500, steps => Whole(() => tutorial.Sample(1000, steps)));

        // With what comes before the first step, which is little beside so many. Their operators are few, and on a thread
        // of the run's own.
        static (double, IReadOnlyDictionary<string, OperatorTime>) Whole(Action work)
        {
            long begin = Stopwatch.GetTimestamp();
            work();
            return (Stopwatch.GetElapsedTime(begin).TotalSeconds, new Dictionary<string, OperatorTime>());
        }
    }

    // The work gives seconds and operators of a number of steps.
    private static void Profile(
        string title, int steps, Func<int, (double Seconds, IReadOnlyDictionary<string, OperatorTime> Operators)> work)
    {
        using var kernels = new KernelProfile();
        (double all, IReadOnlyDictionary<string, OperatorTime> operators) = work(steps);
        double seconds = all / steps;
        Table table = new Table().Border(TableBorder.Rounded).Title(title)
            .AddColumns("operator or kernel", "calls a step", "microseconds a step", "share");
        IEnumerable<(string Name, long Calls, double Seconds)> parts =
            kernels.Times.Select(pair => ("kernel " + pair.Key, pair.Value.Calls, pair.Value.Seconds))
                .Concat(operators.Select(pair => (pair.Key, pair.Value.Calls, pair.Value.Total.TotalSeconds)));
        (double left, double small) = (seconds, 0);
        foreach ((string name, long calls, double total) in parts.OrderByDescending(part => part.Seconds))
        {
            double own = total / steps;
            left -= own;
            if (own < Shown * seconds)
            {
                small += own;
                continue;
            }
            table.AddRow(name, $"{(double)calls / steps:G4}", $"{own * 1e6:N1}", $"{own / seconds:P1}");
        }
        table.AddRow($"others below {Shown:P1} each", "", $"{small * 1e6:N1}", $"{small / seconds:P1}");
        table.AddRow("the rest: C#, and what libtorch calls by itself in a backward", "", $"{left * 1e6:N1}", $"{left / seconds:P1}");
        table.AddRow("the step", "", $"{seconds * 1e6:N1}", "");
        AnsiConsole.Write(table);
    }

    private static Dictionary<string, OperatorTime> Difference(
        IReadOnlyDictionary<string, OperatorTime> after, IReadOnlyDictionary<string, OperatorTime> before) =>
        after.ToDictionary(pair => pair.Key, pair =>
        {
            OperatorTime earlier = before.GetValueOrDefault(pair.Key);
            return new OperatorTime(pair.Value.Calls - earlier.Calls, pair.Value.Total - earlier.Total);
        });
}
