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

    private static readonly Precision[] s_precisions = [Precision.Full, Precision.BFloat16];

    /// <summary>
    /// The comparisons, and how far the outputs of both sides are apart, of the largest value: ours in float32 and in
    /// bfloat16.
    /// </summary>
    public static (IReadOnlyList<Comparison> Comparisons, double Error, double RoundedError) Measure(
        int rounds, string python, ProgressContext context)
    {
        ProgressTask choice = context.AddTask("images, choice of threads", maxValue: 2);
        ProgressTask measuring = context.AddTask("images", maxValue: 4 * rounds);
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
            choice.Increment(1);
            SetOurs(mine);
            SetTheirs(their);
            string output = Path.Combine(folder, "output");
            peer.Ask($"output {output}");
            double error = ours.ErrorAgainst(output, Precision.Full);
            double roundedError = ours.ErrorAgainst(output, Precision.BFloat16);
            foreach (Precision precision in s_precisions)
            {
                comparisons.Add(Comparison.Measure(
                    $"U-Net forward, batch {UNetWork.Batch}, {Name(precision)} ({Threads(mine)} and {Threads(their)})",
                    1, rounds, () => ours.Forward(precision), () => peer.Ask("forward"), _ => measuring.Increment(1)));
            }

            mine = s_settings.MinBy(setting =>
            {
                SetOurs(setting);
                using var attempt = new SteppedTraining(ours, setting.Torch, Precision.Full);
                attempt.Step();
                return Math.Min(attempt.Step(), attempt.Step());
            });
            their = Best(SetTheirs, () => peer.Ask("step"));
            choice.Increment(1);
            SetOurs(mine);
            SetTheirs(their);
            foreach (Precision precision in s_precisions)
            {
                using var stepped = new SteppedTraining(ours, mine.Torch, precision);
                comparisons.Add(Comparison.Measure(
                    $"U-Net training step, batch {UNetWork.Batch}, AdamW, {Name(precision)} " +
                        $"({Threads(mine)} and {Threads(their)})",
                    1, rounds, stepped.Step, () => peer.Ask("step"), _ => measuring.Increment(1)));
            }
            return (comparisons, error, roundedError);

            void SetTheirs((int Torch, int Blas) threads) => peer.Ask($"threads {threads.Torch} {threads.Blas}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Name(Precision precision) => precision == Precision.Full ? "float32" : "bfloat16";

    // libtorch's and those of the matrix library.
    private static string Threads((int Torch, int Blas) setting) => $"{setting.Torch}+{setting.Blas} threads";

    private static void SetOurs((int Torch, int Blas) threads)
    {
        set_num_threads(threads.Torch);
        ProcessTuning.SetBlasThreads(threads.Blas);
    }

    // The fastest setting by the better of two runs each, after one that warms up.
    private static (int Torch, int Blas) Best(Action<(int Torch, int Blas)> set, Func<double> run) =>
        s_settings.MinBy(setting =>
        {
            set(setting);
            run();
            return Math.Min(run(), run());
        });
}
