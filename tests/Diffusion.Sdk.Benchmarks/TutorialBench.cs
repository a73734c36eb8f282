using Diffusion.Sdk.Denoisers;
using Spectre.Console;

namespace Diffusion.Sdk.Benchmarks;

/// <summary>The tutorial's model: all processors for us, for the peer the number of threads that it is fastest with.</summary>
internal static class TutorialBench
{
    private const int TrainingSteps = 1000, PeerSteps = 300;

    private static readonly (int Points, int Steps)[] s_samplings = [(1000, 500), (100_000, 50)];

    /// <summary>The comparisons, and the most memory that the peer has had resident, in MiB.</summary>
    public static (IReadOnlyList<Comparison> Comparisons, double PeerMemory) Measure(
        int rounds, string python, ProgressContext context)
    {
        ProgressTask choice = context.AddTask("points, choice of threads", maxValue: 3);
        ProgressTask measuring = context.AddTask("points", maxValue: rounds * 2 * (1 + s_samplings.Length));
        using var peer = new Peer(python, "peer.py", oneThread: false);
        List<Comparison> comparisons = [];

        int threads = Best($"train {PeerSteps}");
        foreach (Precision precision in (Precision[])[Precision.Full, Precision.BFloat16])
        {
            using var ours = new Tutorial(precision, Environment.ProcessorCount);
            comparisons.Add(Comparison.Measure(
                $"training step, batch 256, Adam, EMA, {Name(precision)} ({threads})", 1, rounds,
                () => ours.Train(TrainingSteps) / TrainingSteps, () => peer.Ask($"train {PeerSteps}") / PeerSteps,
                _ => measuring.Increment(1)));
        }
        foreach ((int points, int steps) in s_samplings)
        {
            string command = $"sample {points} {steps}";
            threads = Best(command);
            foreach (Precision precision in (Precision[])[Precision.Full, Precision.BFloat16])
            {
                using var ours = new Tutorial(precision, Environment.ProcessorCount);
                comparisons.Add(Comparison.Measure(
                    $"sampling {points:N0} points x {steps} steps, {Name(precision)} ({threads})", 1, rounds,
                    () => ours.Sample(points, steps), () => peer.Ask(command), _ => measuring.Increment(1)));
            }
        }
        return (comparisons, peer.Ask("memory"));

        // By the better of two runs each, after one that warms up.
        int Best(string command)
        {
            int best = new[] { 1, Environment.ProcessorCount }.Distinct().MinBy(count =>
            {
                peer.Ask($"threads {count} 1");
                peer.Ask(command);
                return Math.Min(peer.Ask(command), peer.Ask(command));
            });
            peer.Ask($"threads {best} 1");
            choice.Increment(1);
            return best;
        }
    }

    private static string Name(Precision precision) => precision == Precision.Full ? "float32" : "bfloat16";
}
