using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Numerics;

/// <summary>
/// Runs work on parts of a batch at once, each part on a thread to which libtorch gives no others: two halves need no
/// barrier between operators, and operators that libtorch runs on one thread gain too.
/// </summary>
internal static class BatchParts
{
    // Never waits for anything, so those who wait for it cannot block it.
    private static readonly TorchWorker s_worker = new(Environment.ProcessorCount);

    // As many as the runs ask for, since none may wait for the parts of another.
    private static readonly TorchWorker s_longWorker = new(int.MaxValue);

    /// <summary>How many parts pay: as many as libtorch has threads here, if they are not too small.</summary>
    /// <param name="count">Items of the batch.</param>
    /// <param name="least">Items that a part has at least.</param>
    public static int Count(long count, long least) =>
        (int)Math.Max(1, Math.Min(Math.Min(get_num_threads(), s_worker.MaxConcurrency), count / least));

    /// <summary>Runs the work and waits for it.</summary>
    /// <param name="count">Items of the batch.</param>
    /// <param name="parts">How many parts, from <see cref="Count"/>; a single one runs on the caller's thread.</param>
    /// <param name="work">
    /// What to do with a part, given its number, its first item and how many items it has, with gradients or without as
    /// the caller. Tensors it makes belong to a scope of the part, unless it detaches them.
    /// </param>
    public static void Run(long count, int parts, Action<int, long, long> work) => Run(s_worker, count, parts, work);

    /// <summary>The same for parts that take long.</summary>
    /// <param name="count">As there.</param>
    /// <param name="parts">As there.</param>
    /// <param name="work">As there.</param>
    public static void RunLong(long count, int parts, Action<int, long, long> work) =>
        Run(s_longWorker, count, parts, work);

    private static void Run(TorchWorker worker, long count, int parts, Action<int, long, long> work)
    {
        if (parts <= 1)
        {
            work(0, 0, count);
            return;
        }
        (bool inference, bool gradients) = (is_inference_mode_enabled(), is_grad_enabled());
        Task[] tasks = [.. Enumerable.Range(0, parts).Select(part => worker.RunAsync(() =>
        {
            TorchThreads.SetOwn(1);
            using IDisposable mode = inference ? inference_mode() : gradients ? enable_grad() : no_grad();
            using DisposeScope scope = NewDisposeScope();
            long first = count * part / parts, next = count * (part + 1) / parts;
            work(part, first, next - first);
            return true;
        }))];
        // All end before the caller's tensors may go.
        Task.WhenAll(tasks).ContinueWith(_ => { }, TaskScheduler.Default).GetAwaiter().GetResult();
        Task ended = tasks.FirstOrDefault(task => task.IsFaulted) ?? tasks.FirstOrDefault(task => task.IsCanceled)
            ?? tasks[0];
        ended.GetAwaiter().GetResult(); // throws what a part threw
    }
}
