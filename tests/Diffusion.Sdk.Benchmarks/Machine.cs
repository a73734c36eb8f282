using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Benchmarks;

/// <summary>What the measurement ran on.</summary>
internal static partial class Machine
{
    private const int ProductSize = 2048;

    public static string Cpu() =>
        File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
        ?? "unknown processor";

    /// <summary>The most memory a process has had resident since <see cref="ResetPeak"/>.</summary>
    public static double PeakMemoryMiB(int process)
    {
        string line = File.ReadLines($"/proc/{process}/status")
            .First(l => l.StartsWith("VmHWM", StringComparison.Ordinal));
        string kibibytes = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return double.Parse(kibibytes, CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>Lets a process's peak be what it has now; this one gives back what it has freed first.</summary>
    public static void ResetPeak(int process)
    {
        if (process == Environment.ProcessId)
        {
            GC.Collect();
            _ = TrimMemory(0);
        }
        File.WriteAllText($"/proc/{process}/clear_refs", "5");
    }

    /// <summary>
    /// The speed of libtorch's product of two matrices 2,048 x 2,048 on all processors, in FLOP/s: a ceiling that can
    /// be reached.
    /// </summary>
    public static double Ceiling(ScalarType type)
    {
        set_num_threads(Environment.ProcessorCount);
        Numerics.ProcessTuning.SetBlasThreads(Environment.ProcessorCount);
        using var scope = NewDisposeScope();
        Tensor a = ones([ProductSize, ProductSize], type), b = ones([ProductSize, ProductSize], type);
        double best = double.MaxValue;
        for (int run = 0; run < 6; run++)
        {
            long begin = Stopwatch.GetTimestamp();
            a.mm(b).Dispose();
            best = Math.Min(best, Stopwatch.GetElapsedTime(begin).TotalSeconds);
        }
        Numerics.ProcessTuning.SetBlasThreads(1);
        return 2.0 * ProductSize * ProductSize * ProductSize / best;
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int TrimMemory(nuint keep);
}
