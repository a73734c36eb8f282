using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Pipelines;

namespace Diffusion.Sdk.Tests.Pipelines;

public sealed class DdpmPipelineThreadsTests : PipelineTest
{
    private const int Runs = 16;

    [Fact]
    public void Generate_SixteenThreadsAtOnce_GivesTheBytesOfOneAfterTheOther()
    {
        using DdpmPipeline pipeline = NewPipeline();
        float[][] expected = [.. Enumerable.Range(0, Runs).Select(
            seed => pipeline.Generate(200, seed: seed).Values.ToArray())];
        float[][] actual = new float[Runs][];
        using var together = new Barrier(Runs);

        Thread[] threads = [.. Enumerable.Range(0, Runs).Select(seed => new Thread(() =>
        {
            together.SignalAndWait();
            actual[seed] = pipeline.Generate(200, seed: seed).Values.ToArray();
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Equal(expected, actual);
        Assert.True(Denoiser.training);
    }

    [Fact]
    public async Task GenerateAsync_BoundedWorker_RunsNoMoreAtOnce()
    {
        var worker = new TorchWorker(2);
        using DdpmPipeline pipeline = NewPipeline(new DdpmPipelineOptions { Worker = worker });
        var threads = new HashSet<int>();
        int running = 0, most = 0;
        Denoiser.OnForward = () =>
        {
            int now = Interlocked.Increment(ref running);
            lock (threads)
            {
                threads.Add(Environment.CurrentManagedThreadId);
                most = Math.Max(most, now);
            }
            Thread.Yield();
            Interlocked.Decrement(ref running);
        };

        await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => pipeline.GenerateAsync(4, seed: seed)));

        Assert.InRange(most, 1, 2);
        Assert.InRange(threads.Count, 1, 2);
    }

    [Fact]
    public async Task GenerateAsync_CancelledInTheQueue_LeavesItAtOnce()
    {
        var worker = new TorchWorker(1);
        using DdpmPipeline pipeline = NewPipeline(new DdpmPipelineOptions { Worker = worker });
        using var release = new ManualResetEventSlim();
        Denoiser.OnForward = release.Wait;
        using var cancellation = new CancellationTokenSource();
        Task<Samples> first = pipeline.GenerateAsync(1, 1);
        Task<Samples> second = pipeline.GenerateAsync(1, 1, cancellationToken: cancellation.Token);

        cancellation.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.False(first.IsCompleted);
        release.Set();
        Assert.Equal(1, (await first).Count);
    }

    [Fact]
    public void Generate_OnAWorkersThread_RunsThereAndDoesNotBlockItself()
    {
        var worker = new TorchWorker(1);
        using DdpmPipeline pipeline = NewPipeline(new DdpmPipelineOptions { Worker = worker });

        Assert.Equal(2, worker.Run(() => pipeline.Generate(2, 3)).Count);
    }
}
