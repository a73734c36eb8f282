using Diffusion.Sdk.Pipelines;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Pipelines;

/// <summary>The callback after each step.</summary>
public sealed class OnStepTests : PipelineTest
{
    [Fact]
    public async Task Generate_OnStep_ShowsWhatAStreamShowsAndChangesNothing()
    {
        using DdpmPipeline pipeline = NewPipeline();
        var options = new GenerateOptions { BlockSize = 3, TrajectoryEvery = 2 };
        var shown = new List<DenoisingStep>();

        Samples samples = pipeline.Generate(7, 5, 3, options with { OnStep = shown.Add });

        Samples plain = pipeline.Generate(7, 5, 3, options);
        List<DenoisingStep> stream = await pipeline.GenerateStepsAsync(7, 5, 3, options).ToListAsync();
        Assert.Equal(plain.Values.ToArray(), samples.Values.ToArray());
        Assert.Equal(plain.Seed, samples.Seed);
        Assert.Equal(Frames(plain.Trajectory), Frames(samples.Trajectory));
        Assert.Equal(4, samples.Trajectory.Count); // 0, 2, 4, 5
        Assert.Equal(stream.Select(step => (step.Index, step.Count, step.Timestep)),
            shown.Select(step => (step.Index, step.Count, step.Timestep)));
        Assert.Equal(Frames(stream.Select(step => step.Samples)), Frames(shown.Select(step => step.Samples)));
        Assert.All(shown, step => Assert.Null(step.PredOriginalSamples));
    }

    [Fact]
    public async Task Generate_OnStepAndPredictOriginal_ShowsWhatTheDenoiserSaw()
    {
        using DdpmPipeline pipeline = NewPipeline();
        var options = new GenerateOptions { BlockSize = 3, PredictOriginal = true };
        var shown = new List<DenoisingStep>();

        Samples samples = pipeline.Generate(7, 5, 3, options with { OnStep = shown.Add });

        List<DenoisingStep> stream = await pipeline.GenerateStepsAsync(7, 5, 3, options).ToListAsync();
        Assert.Equal(
            Frames(stream.Select(step => step.PredOriginalSamples!)),
            Frames(shown.Select(step => step.PredOriginalSamples!)));
        // The last step goes to the predicted x_0 itself.
        Assert.Equal(samples.Values.ToArray(), shown[^1].PredOriginalSamples!.Values.ToArray(), new Close(1e-5f));
    }

    [Fact]
    public async Task GenerateAsync_OnStep_IsCalledToo()
    {
        using DdpmPipeline pipeline = NewPipeline();
        int calls = 0;

        await pipeline.GenerateAsync(2, 5, 3, new GenerateOptions { OnStep = _ => calls++ });

        Assert.Equal(5, calls);
    }

    [Fact]
    public void Generate_OnStepThrows_EndsTheRunWithThat()
    {
        using DdpmPipeline pipeline = NewPipeline();
        int forwards = 0;
        Denoiser.OnForward = () => forwards++;
        long before = Tensor.TotalCount;

        var options = new GenerateOptions
        {
            OnStep = step =>
            {
                if (step.Index == 2)
                {
                    throw new TimeZoneNotFoundException("mine");
                }
            },
        };

        var error = Assert.Throws<TimeZoneNotFoundException>(() => pipeline.Generate(2, 9, 3, options));

        Assert.Equal("mine", error.Message);
        Assert.Equal(3, forwards);
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Generate_OnStepCancels_StopsBeforeTheNextStep()
    {
        using DdpmPipeline pipeline = NewPipeline();
        using var cancellation = new CancellationTokenSource();
        int calls = 0;
        var options = new GenerateOptions
        {
            OnStep = _ =>
            {
                calls++;
                cancellation.Cancel();
            },
        };

        Assert.ThrowsAny<OperationCanceledException>(
            () => pipeline.Generate(2, 9, 3, options, cancellationToken: cancellation.Token));

        Assert.Equal(1, calls);
    }

    [Fact]
    public void Generate_OnStepWithProgress_CountsTheStepsOfAllBlocks()
    {
        using DdpmPipeline pipeline = NewPipeline();
        var reports = new List<GenerateProgress>();
        var options = new GenerateOptions { BlockSize = 2, OnStep = _ => { } };

        pipeline.Generate(5, 3, 1, options, new Immediate<GenerateProgress>(reports.Add));

        Assert.Equal(
            [(3L, 0), (6L, 0), (9L, 5)],
            reports.Select(report => (report.CompletedSteps, report.CompletedSamples)));
        Assert.Equal(1, reports[^1].Fraction);
    }

    private static float[][] Frames(IEnumerable<Samples> frames) => [.. frames.Select(frame => frame.Values.ToArray())];
}
