using Spectre.Console;

namespace Diffusion.Sdk.Benchmarks;

/// <summary>The tutorial's model, one thread each.</summary>
internal static class TutorialBench
{
    private const int TrainingSteps = 400, Points = 1000, SamplingSteps = 500;

    /// <summary>The comparisons, and the most memory that the peer has had resident, in MiB.</summary>
    public static (IReadOnlyList<Comparison> Comparisons, double PeerMemory) Measure(
        int rounds, string python, ProgressContext context)
    {
        ProgressTask training = context.AddTask("points, training", maxValue: rounds);
        ProgressTask sampling = context.AddTask("points, sampling", maxValue: rounds);
        TorchSharp.torch.set_num_threads(1);
        using var ours = new Tutorial();
        using var peer = new Peer(python, "peer.py", oneThread: true);
        Comparison[] comparisons =
        [
            Comparison.Measure(
                "training step, batch 256, Adam", TrainingSteps, rounds,
                () => ours.Train(TrainingSteps), () => peer.Ask($"train {TrainingSteps}"),
                done => training.Value = done),
            Comparison.Measure(
                $"sampling {Points:N0} points x {SamplingSteps} steps", SamplingSteps, rounds,
                () => ours.Sample(Points), () => peer.Ask($"sample {Points} {SamplingSteps}"),
                done => sampling.Value = done),
        ];
        return (comparisons, peer.Ask("memory"));
    }
}
