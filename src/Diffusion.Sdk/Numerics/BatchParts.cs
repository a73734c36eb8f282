using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Numerics;

/// <summary>
/// Runs work without gradients on parts of a batch at once, each part on a thread to which libtorch gives no others:
/// two halves need no barrier between operators, and operators that libtorch runs on one thread gain too.
/// </summary>
internal static class BatchParts
{
    // Never waits for anything, so those who wait for it cannot block it.
    private static readonly TorchWorker s_worker = new(Environment.ProcessorCount);

    /// <summary>Runs the work and waits for it; on as many parts as libtorch has threads here, if they pay.</summary>
    /// <param name="count">Items of the batch.</param>
    /// <param name="least">Items that a part has at least.</param>
    /// <param name="work">
    /// What to do with a part, given its first item and how many it has. Tensors it makes belong to a scope of the
    /// part; what it leaves, it writes into tensors of the caller.
    /// </param>
    public static void Run(long count, long least, Action<long, long> work)
    {
        int threads = get_num_threads();
        long parts = Math.Min(Math.Min(threads, s_worker.MaxConcurrency), count / least);
        if (parts <= 1 || is_grad_enabled())
        {
            work(0, count);
            return;
        }
        bool inference = is_inference_mode_enabled();
        Task[] tasks = [.. Enumerable.Range(0, (int)parts).Select(part =>
        {
            long first = count * part / parts, next = count * (part + 1) / parts;
            return s_worker.RunAsync(() => Part(first, next - first, inference, work));
        })];
        // All end before the caller's tensors may go.
        Task.WhenAll(tasks).ContinueWith(_ => { }, TaskScheduler.Default).GetAwaiter().GetResult();
        set_num_threads(threads); // the parts' number counts for threads that start later, unless it is set back
        Array.ForEach(tasks, task => task.GetAwaiter().GetResult());
    }

    private static bool Part(long first, long count, bool inference, Action<long, long> work)
    {
        if (get_num_threads() != 1)
        {
            set_num_threads(1);
        }
        using IDisposable withoutGradients = inference ? inference_mode() : no_grad();
        using DisposeScope scope = NewDisposeScope();
        work(first, count);
        return true;
    }
}
