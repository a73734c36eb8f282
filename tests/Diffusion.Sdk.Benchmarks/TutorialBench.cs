using Diffusion.Sdk.Denoisers;
using Spectre.Console;

namespace Diffusion.Sdk.Benchmarks;

/// <summary>
/// The tutorial's model: all processors for us, for the peer the number of threads it is fastest with.
/// </summary>
internal static class TutorialBench
{
    private const int TrainingSteps = 1000, PeerSteps = 300;

    // Multiplications of one row by all weights: the time network, three hidden layers and the output; the sampler has
    // the time network's part ready.
    private const double TrainingProducts = 2 * 64 * 64 + 66 * 128 + 2 * 128 * 128 + 128 * 2;
    private const double SamplingProducts = 2 * 128 + 2 * 128 * 128 + 128 * 2;

    private static readonly (int Points, int Steps, double Must, double RoundedMust)[] s_samplings =
        [(1000, 500, 5, 12), (100_000, 50, 6, 20)];

    public static IEnumerable<Comparison> Measure(int rounds, string python, ProgressContext context)
    {
        ProgressTask task = context.AddTask(
            "points", maxValue: 3 + (rounds + 1) * 2 * (1 + s_samplings.Length));
        using var peer = new Peer(python, "peer.py", oneThread: false);
        string threads = Best($"train {PeerSteps}");
        foreach (Precision precision in Work.Precisions)
        {
            using var ours = new Tutorial(precision, Environment.ProcessorCount);
            yield return Comparison.Measure(
                new Work(
                    "MLP training step, batch 256, Adam, EMA", precision, threads,
                    precision == Precision.Full ? 3.5 : 7),
                3 * 256 * 2 * TrainingProducts, rounds, () => ours.Train(TrainingSteps) / TrainingSteps, peer,
                () => peer.Ask($"train {PeerSteps}") / PeerSteps, () => task.Increment(1));
        }
        foreach ((int points, int steps, double must, double roundedMust) in s_samplings)
        {
            string command = $"sample {points} {steps}";
            threads = Best(command);
            foreach (Precision precision in Work.Precisions)
            {
                using var ours = new Tutorial(precision, Environment.ProcessorCount);
                yield return Comparison.Measure(
                    new Work(
                        $"MLP sampling {points:N0} x {steps} steps", precision, threads,
                        precision == Precision.Full ? must : roundedMust),
                    2.0 * points * steps * SamplingProducts, rounds, () => ours.Sample(points, steps), peer,
                    () => peer.Ask(command), () => task.Increment(1));
            }
        }

        // By the better of two runs each, after one that warms up.
        string Best(string command)
        {
            int best = new[] { 1, Environment.ProcessorCount }.Distinct().MinBy(count =>
            {
                peer.Ask($"threads {count} 1");
                peer.Ask(command);
                return Math.Min(peer.Ask(command), peer.Ask(command));
            });
            peer.Ask($"threads {best} 1");
            task.Increment(1);
            return $"{Environment.ProcessorCount}, {best}+1";
        }
    }
}
