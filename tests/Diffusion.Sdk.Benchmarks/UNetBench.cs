using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Spectre.Console;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Benchmarks;

/// <summary>A U-Net of diffusers' architecture, the best thread setting of each side.</summary>
internal static class UNetBench
{
    // Threads of libtorch and of OpenBLAS.
    private static readonly (int Torch, int Blas)[] s_settings = Environment.ProcessorCount == 1
        ? [(1, 1)]
        : [(1, 1), (Environment.ProcessorCount, 1), (Environment.ProcessorCount, Environment.ProcessorCount)];

    // Multiplications and additions of convolutions, linear layers and attention in one pass forward.
    private const double ForwardFlops = 40.7e9;

    /// <summary>
    /// The comparisons, and how far the outputs of both sides are apart, of the largest value, in both precisions.
    /// </summary>
    public static (IReadOnlyList<Comparison> Comparisons, IReadOnlyDictionary<Precision, double> Errors) Measure(
        int rounds, string python, ProgressContext context)
    {
        ProgressTask task = context.AddTask("images", maxValue: 2 + 4 * (rounds + 1));
        string folder = Directory.CreateTempSubdirectory("unet-bench-").FullName;
        try
        {
            using var ours = new UNetWork();
            using var peer = new Peer(python, "unet_peer.py", oneThread: false);
            ours.Save(folder);
            peer.Ask($"load {folder}");
            List<Comparison> comparisons = [];
            (int Torch, int Blas) mine = Best(SetOurs, () => ours.Forward(Precision.Full));
            (int Torch, int Blas) their = Best(SetTheirs, () => peer.Ask("forward"));
            task.Increment(1);
            SetOurs(mine);
            SetTheirs(their);
            string output = Path.Combine(folder, "output");
            peer.Ask($"output {output}");
            Dictionary<Precision, double> errors =
                Work.Precisions.ToDictionary(precision => precision, precision => ours.ErrorAgainst(output, precision));
            foreach (Precision precision in Work.Precisions)
            {
                var work = new Work(
                    $"U-Net forward, batch {UNetWork.Batch}", precision, Threads(mine, their),
                    precision == Precision.Full ? 3 : 6.5);
                comparisons.Add(Comparison.Measure(
                    work, ForwardFlops, rounds, () => ours.Forward(precision), peer, () => peer.Ask("forward"),
                    () => task.Increment(1)));
            }

            mine = s_settings.MinBy(setting =>
            {
                SetOurs(setting);
                using var attempt = new SteppedTraining(ours, setting.Torch, Precision.Full);
                attempt.Step();
                return Enumerable.Range(0, 4).Min(_ => attempt.Step());
            });
            their = Best(SetTheirs, () => peer.Ask("step"));
            task.Increment(1);
            SetOurs(mine);
            SetTheirs(their);
            foreach (Precision precision in Work.Precisions)
            {
                using var stepped = new SteppedTraining(ours, mine.Torch, precision);
                var work = new Work(
                    $"U-Net training step, batch {UNetWork.Batch}, AdamW, EMA", precision, Threads(mine, their),
                    precision == Precision.Full ? 2.2 : 4.5);
                comparisons.Add(Comparison.Measure(
                    work, 3 * ForwardFlops, rounds, stepped.Step, peer, () => peer.Ask("step"),
                    () => task.Increment(1)));
            }
            return (comparisons, errors);

            void SetTheirs((int Torch, int Blas) threads) => peer.Ask($"threads {threads.Torch} {threads.Blas}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Ours, and PyTorch's: libtorch's and those of the matrix library.
    private static string Threads((int Torch, int Blas) mine, (int Torch, int Blas) their) =>
        $"{mine.Torch}+{mine.Blas}, {their.Torch}+{their.Blas}";

    private static void SetOurs((int Torch, int Blas) threads)
    {
        set_num_threads(threads.Torch);
        ProcessTuning.SetBlasThreads(threads.Blas);
    }

    // The fastest setting by the best of four runs each, in turns, after one that warms up.
    private static (int Torch, int Blas) Best(Action<(int Torch, int Blas)> set, Func<double> run)
    {
        double[] least = [.. s_settings.Select(_ => double.PositiveInfinity)];
        for (int round = 0; round <= 4; round++)
        {
            for (int k = 0; k < s_settings.Length; k++)
            {
                set(s_settings[k]);
                double seconds = run();
                least[k] = round == 0 ? least[k] : Math.Min(least[k], seconds);
            }
        }
        return s_settings[Array.IndexOf(least, least.Min())];
    }
}
