using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Pipelines;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Pipelines;

public sealed class DdpmPipelineStepsTests : PipelineTest
{
    [Fact]
    public async Task GenerateStepsAsync_ReadToTheEnd_ShowsEveryStepAndTheResultOfGenerate()
    {
        using DdpmPipeline pipeline = NewPipeline();
        var options = new GenerateOptions { BlockSize = 3 };

        List<DenoisingStep> steps = await pipeline.GenerateStepsAsync(7, 8, 5, options).ToListAsync();

        Samples expected = pipeline.Generate(7, 8, 5, options with { TrajectoryEvery = 1 });
        Assert.Equal(Enumerable.Range(0, 8), steps.Select(step => step.Index));
        Assert.Equal([35, 30, 25, 20, 15, 10, 5, 0], steps.Select(step => step.Timestep));
        Assert.All(steps, step => Assert.Equal(8, step.Count));
        Assert.All(steps, step => Assert.Null(step.PredOriginalSamples));
        Assert.Equal([false, true], steps[^2..].Select(step => step.IsLast));
        Assert.Equal(
            expected.Trajectory.Skip(1).Select(frame => frame.Values.ToArray()),
            steps.Select(step => step.Samples.Values.ToArray()));
    }

    [Fact]
    public async Task GenerateStepsAsync_PredictOriginal_ShowsWhatTheDenoiserSaw()
    {
        using DdpmPipeline pipeline = NewPipeline();

        List<DenoisingStep> steps =
            await pipeline.GenerateStepsAsync(6, 4, 5, new GenerateOptions { PredictOriginal = true, BlockSize = 4 }).ToListAsync();

        float[] result = pipeline.Generate(6, 4, 5).Values.ToArray();
        Assert.All(steps, step => Assert.Equal([6, 2], step.PredOriginalSamples!.Shape));
        // The last step goes to the predicted x_0 itself.
        Assert.Equal(result, steps[^1].PredOriginalSamples!.Values.ToArray(), new Close(1e-5f));
        Assert.Equal(result, steps[^1].Samples.Values.ToArray(), new Close(1e-5f));
    }

    [Fact]
    public async Task GenerateStepsAsync_ReaderLeaves_StopsTheRun()
    {
        var worker = new TorchWorker(1);
        using DdpmPipeline pipeline = NewPipeline(new DdpmPipelineOptions { Worker = worker });
        long before = Tensor.TotalCount;
        int forwards = 0;
        Denoiser.OnForward = () => forwards++;

        await foreach (DenoisingStep step in pipeline.GenerateStepsAsync(5, seed: 1))
        {
            if (step.Index == 2)
            {
                break;
            }
        }

        Assert.InRange(forwards, 3, 7); // read three, two ahead, one in hand, one under way
        Assert.Equal(before, Tensor.TotalCount);
        Assert.Equal(1, pipeline.Generate(1, 1).Count);
    }

    [Fact]
    public async Task GenerateStepsAsync_SlowReader_IsNotOverrun()
    {
        using DdpmPipeline pipeline = NewPipeline();
        int forwards = 0;
        Denoiser.OnForward = () => Interlocked.Increment(ref forwards);

        await foreach (DenoisingStep step in pipeline.GenerateStepsAsync(2, seed: 1))
        {
            await Task.Delay(2);
            Assert.InRange(Volatile.Read(ref forwards), step.Index + 1, step.Index + 4);
        }
    }

    [Fact]
    public async Task GenerateStepsAsync_Cancelled_EndsTheReading()
    {
        using DdpmPipeline pipeline = NewPipeline();
        using var cancellation = new CancellationTokenSource();
        var read = new List<int>();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (
                DenoisingStep step in pipeline.GenerateStepsAsync(5, seed: 1).WithCancellation(cancellation.Token))
            {
                read.Add(step.Index);
                await cancellation.CancelAsync();
            }
        });

        Assert.Equal([0], read);
    }

    [Fact]
    public async Task GenerateStepsAsync_DenoiserFails_PassesTheErrorToTheReader()
    {
        using DdpmPipeline pipeline = NewPipeline();
        int forwards = 0;
        Denoiser.OnForward = () =>
        {
            if (++forwards == 2)
            {
                throw new TimeZoneNotFoundException("mine");
            }
        };

        var error = await Assert.ThrowsAsync<TimeZoneNotFoundException>(
            () => pipeline.GenerateStepsAsync(5, seed: 1).ToListAsync().AsTask());

        Assert.Equal("mine", error.Message);
    }

    [Fact]
    public async Task GenerateStepsAsync_PipelineDisposedMeanwhile_TellsTheReader()
    {
        using DdpmPipeline pipeline = NewPipeline();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
        {
            await foreach (DenoisingStep step in pipeline.GenerateStepsAsync(5, seed: 1))
            {
                pipeline.Dispose();
            }
        });
    }

    [Fact]
    public async Task GenerateStepsAsync_LeftWhileInTheQueue_DoesNotWaitForOthers()
    {
        var worker = new TorchWorker(1);
        using DdpmPipeline pipeline = NewPipeline(new DdpmPipelineOptions { Worker = worker });
        using var release = new ManualResetEventSlim();
        Denoiser.OnForward = release.Wait;
        using var cancellation = new CancellationTokenSource();
        Task<Samples> other = pipeline.GenerateAsync(1, 1);
        ValueTask<List<DenoisingStep>> reading = pipeline.GenerateStepsAsync(1, 1, cancellationToken: cancellation.Token).ToListAsync();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.AsTask());
        release.Set();
        await other;
    }

    [Fact]
    public void GenerateStepsAsync_BadRequest_IsRefusedAtTheCall()
    {
        using DdpmPipeline pipeline = NewPipeline();

        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = pipeline.GenerateStepsAsync(0); });
    }

    [Fact]
    public async Task GenerateStepsAsync_ReadTwice_RunsTwiceWithTheSameSeed()
    {
        using DdpmPipeline pipeline = NewPipeline();

        IAsyncEnumerable<DenoisingStep> steps = pipeline.GenerateStepsAsync(3, 2);

        DenoisingStep first = await steps.LastAsync();
        DenoisingStep second = await steps.LastAsync();
        Assert.Equal(first.Samples.Seed, second.Samples.Seed);
        Assert.Equal(first.Samples.Values.ToArray(), second.Samples.Values.ToArray());
    }
}
