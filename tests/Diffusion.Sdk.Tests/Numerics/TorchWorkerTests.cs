using Diffusion.Sdk.Numerics;

namespace Diffusion.Sdk.Tests.Numerics;

public class TorchWorkerTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task RunAsync_WorkAfterWork_StaysOnOneDedicatedThread()
    {
        var worker = new TorchWorker(4);

        int[] threads = new int[20];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = await worker.RunAsync(() =>
            {
                Assert.True(TorchWorker.IsWorkerThread);
                Assert.False(Thread.CurrentThread.IsThreadPoolThread);
                Assert.True(Thread.CurrentThread.IsBackground);
                return Environment.CurrentManagedThreadId;
            });
            await WaitUntil(() => worker.IdleCount == 1);
        }

        Assert.Single(threads.Distinct());
        Assert.False(TorchWorker.IsWorkerThread);
    }

    [Fact]
    public async Task RunAsync_MoreThanTheBound_NeverExceedsItAndRunsEverything()
    {
        var worker = new TorchWorker(3);
        int running = 0;
        int most = 0;
        object gate = new();

        int[] results = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => worker.RunAsync(() =>
        {
            lock (gate)
            {
                most = Math.Max(most, ++running);
            }
            Thread.Sleep(1);
            lock (gate)
            {
                running--;
            }
            return i;
        })));

        Assert.Equal(Enumerable.Range(0, 50), results);
        Assert.Equal(3, most);
        Assert.InRange(worker.ThreadCount, 1, 3);
    }

    [Fact]
    public async Task RunAsync_WorkThrows_ArrivesWithItsStack()
    {
        var worker = new TorchWorker(1);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => worker.RunAsync<int>(ThrowFromAMethodOfThisName));

        Assert.Equal("went wrong", error.Message);
        Assert.Contains(nameof(ThrowFromAMethodOfThisName), error.StackTrace, StringComparison.Ordinal);
        Assert.Equal(1, await worker.RunAsync(() => 1)); // the thread lives on
    }

    [Fact]
    public void Run_WorkThrows_ArrivesUnwrappedWithItsStack()
    {
        var error = Assert.Throws<InvalidOperationException>(
            () => new TorchWorker(1).Run<int>(ThrowFromAMethodOfThisName));

        Assert.Contains(nameof(ThrowFromAMethodOfThisName), error.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_CancelledInTheQueue_NeverRuns()
    {
        var worker = new TorchWorker(1);
        using var release = new ManualResetEventSlim();
        using var cancellation = new CancellationTokenSource();
        bool ran = false;
        Task<bool> busy = worker.RunAsync(() => release.Wait(s_patience));
        Task<bool> queued = worker.RunAsync(() => ran = true, cancellation.Token);

        await cancellation.CancelAsync();

        // While the first still runs:
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queued.WaitAsync(s_patience));
        Assert.True(queued.IsCanceled);
        release.Set();
        Assert.True(await busy);
        Assert.Equal(2, await worker.RunAsync(() => 2));
        Assert.False(ran);
    }

    [Fact]
    public async Task RunAsync_CancelledBefore_NeverRuns()
    {
        bool ran = false;
        var worker = new TorchWorker(1);

        Task<bool> task = worker.RunAsync(() => ran = true, new CancellationToken(canceled: true));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        Assert.ThrowsAny<OperationCanceledException>(() => worker.Run(
            () => worker.Run(() => ran = true, new CancellationToken(canceled: true))));
        Assert.False(ran);
    }

    [Fact]
    public async Task RunAsync_WorkObservesItsToken_TaskIsCancelled()
    {
        using var cancellation = new CancellationTokenSource();
        using var started = new ManualResetEventSlim();
        Task<int> task = new TorchWorker(1).RunAsync(
            () =>
            {
                started.Set();
                cancellation.Token.WaitHandle.WaitOne(s_patience);
                cancellation.Token.ThrowIfCancellationRequested();
                return 1;
            },
            cancellation.Token);
        Assert.True(started.Wait(s_patience));

        await cancellation.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        Assert.Equal(cancellation.Token, error.CancellationToken);
        Assert.True(task.IsCanceled);
    }

    [Fact]
    public async Task Run_FromAWorkerThread_RunsInPlaceInsteadOfWaitingForItself()
    {
        var worker = new TorchWorker(1);

        Task<(int Outer, int Inner)> task = worker.RunAsync(
            () => (Environment.CurrentManagedThreadId, worker.Run(() => Environment.CurrentManagedThreadId)));
        (int outer, int inner) = await task.WaitAsync(s_patience);

        Assert.Equal(outer, inner);
    }

    [Fact]
    public async Task RunAsync_IdleForLong_ThreadsEndAndComeBack()
    {
        var worker = new TorchWorker(2, TimeSpan.FromMilliseconds(30));
        await Task.WhenAll(worker.RunAsync(() => 1), worker.RunAsync(() => 2));

        await WaitUntil(() => worker.ThreadCount == 0);

        Assert.Equal(3, await worker.RunAsync(() => 3).WaitAsync(s_patience));
    }

    [Fact]
    public async Task RunAsync_ThreadsEndingWhileWorkArrives_LosesNothing()
    {
        var worker = new TorchWorker(2, TimeSpan.FromMilliseconds(1));
        for (int i = 0; i < 300; i++)
        {
            Assert.Equal(i, await worker.RunAsync(() => i).WaitAsync(s_patience));
            if (i % 3 == 0)
            {
                await Task.Delay(1);
            }
        }
        await WaitUntil(() => worker.ThreadCount == 0);
    }

    [Fact]
    public async Task RunAsync_CallersContext_FlowsIntoTheWork()
    {
        var local = new AsyncLocal<string> { Value = "caller" };

        Assert.Equal("caller", await new TorchWorker(1).RunAsync(() => local.Value));
    }

    [Fact]
    public void Constructor_OutsideOfARange_SaysWhich()
    {
        var bound = Assert.Throws<ArgumentOutOfRangeException>(() => new TorchWorker(0));
        var timeout = Assert.Throws<ArgumentOutOfRangeException>(() => new TorchWorker(1, TimeSpan.Zero));

        Assert.Contains("maxConcurrency ('0')", bound.Message, StringComparison.Ordinal);
        Assert.Contains("idleTimeout ('00:00:00')", timeout.Message, StringComparison.Ordinal);
    }

    private static int ThrowFromAMethodOfThisName() => throw new InvalidOperationException("went wrong");

    private static async Task WaitUntil(Func<bool> condition)
    {
        for (int i = 0; i < 2000 && !condition(); i++)
        {
            await Task.Delay(5);
        }
        Assert.True(condition());
    }
}
