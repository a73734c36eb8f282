using static TorchSharp.torch;

namespace Diffusion.Sdk.Numerics;

/// <summary>
/// How many threads libtorch's operators take when called from one thread, without a trace on others: libtorch keeps the
/// number by thread, but each set one is also what threads start with that come later.
/// </summary>
internal static class TorchThreads
{
    private static readonly Lock s_gate = new();

    /// <summary>Lets the calling thread start with the number of the process, before its first operator.</summary>
    public static void Begin()
    {
        lock (s_gate)
        {
            _ = get_num_threads();
        }
    }

    /// <summary>Sets the number of the calling thread alone.</summary>
    /// <param name="count">At least 1.</param>
    public static void SetOwn(int count)
    {
        if (get_num_threads() == count)
        {
            return;
        }
        lock (s_gate)
        {
            using var known = new ManualResetEventSlim();
            using var changed = new ManualResetEventSlim();
            // A thread that is new has the number of the process, and can give it back.
            var keeper = new Thread(() =>
            {
                int ofProcess = get_num_threads();
                known.Set();
                changed.Wait();
                set_num_threads(ofProcess);
            });
            keeper.Start();
            known.Wait();
            set_num_threads(count);
            changed.Set();
            keeper.Join();
        }
    }
}
