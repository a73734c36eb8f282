using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Pipelines;

public sealed class DdpmPipelineGenerateTests : PipelineTest
{
    [Fact]
    public void Generate_SameSeed_GivesTheSameBytes()
    {
        using DdpmPipeline pipeline = NewPipeline();

        Samples first = pipeline.Generate(50, seed: 7);
        Samples again = pipeline.Generate(50, seed: 7);
        Samples other = pipeline.Generate(50, seed: 8);

        Assert.Equal([50, 2], first.Shape);
        Assert.Equal(7, first.Seed);
        Assert.Equal(first.Values.ToArray(), again.Values.ToArray());
        Assert.NotEqual(first.Values.ToArray(), other.Values.ToArray());
    }

    [Fact]
    public void Generate_NoSeed_DrawsOneThatMakesTheSamplesAgain()
    {
        using DdpmPipeline pipeline = NewPipeline();

        Samples first = pipeline.Generate(5);
        Samples second = pipeline.Generate(5);

        Assert.NotEqual(first.Seed, second.Seed);
        Assert.Equal(first.Values.ToArray(), pipeline.Generate(5, seed: first.Seed).Values.ToArray());
    }

    [Fact]
    public void Generate_OneBlock_FollowsAlgorithm2WithTheStreamsNumbers()
    {
        using DdpmPipeline pipeline = NewPipeline();

        Samples samples = pipeline.Generate(9, steps: 10, seed: 3);

        Assert.Equal(ByHand(9, 10, 3), samples.Values.ToArray(), new Close(1e-5f));
    }

    [Theory]
    [InlineData(false, 1e-4f)]
    [InlineData(true, 0f)]
    public void Generate_FewerSamples_AreTheFirstOfMore(bool fixedBlocks, float tolerance)
    {
        using DdpmPipeline pipeline = NewPipeline();
        var options = new GenerateOptions { FixedBlocks = fixedBlocks, BlockSize = 100 };

        float[] few = pipeline.Generate(64, seed: 11, options: options).Values.ToArray();
        float[] many = pipeline.Generate(256, seed: 11, options: options).Values.ToArray();

        Assert.Equal(many[..few.Length], few, new Close(tolerance));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Generate_AnyBlockSize_GivesTheSameSamples(int blockSize)
    {
        using DdpmPipeline pipeline = NewPipeline();

        float[] expected = pipeline.Generate(20, seed: 1).Values.ToArray();
        float[] actual = pipeline.Generate(20, seed: 1, options: new GenerateOptions { BlockSize = blockSize }).Values.ToArray();

        Assert.Equal(expected, actual, new Close(1e-4f));
    }

    [Fact]
    public void Generate_Images_HaveTheDenoisersShape()
    {
        using var denoiser = new SmallDenoiser(1, 3, 4, 5);
        using var pipeline = new DdpmPipeline(denoiser, new DdpmScheduler(Config));

        Samples samples = pipeline.Generate(3, steps: 4, seed: 1);

        Assert.Equal([3, 3, 4, 5], samples.Shape);
        Assert.Equal(3, samples.ToImages().Length);
    }

    [Fact]
    public void Generate_LearnedVariance_TakesTwiceTheChannels()
    {
        using var denoiser = new SmallDenoiser(2);
        var config = Config with { VarianceType = VarianceType.LearnedRange };
        using var pipeline = new DdpmPipeline(denoiser, new DdpmScheduler(config));

        Assert.Equal([6, 2], pipeline.Generate(6, steps: 5, seed: 1).Shape);
    }

    [Fact]
    public void Generate_TrainingMode_IsOffDuringTheRunAndBackAfterIt()
    {
        Denoiser.train();
        bool during = true;
        Denoiser.OnForward = () => during &= Denoiser.training;
        using DdpmPipeline pipeline = NewPipeline();

        pipeline.Generate(3, steps: 5, seed: 1);

        Assert.False(during);
        Assert.True(Denoiser.training);
    }

    [Fact]
    public void Generate_EvaluationMode_Stays()
    {
        Denoiser.eval();
        using DdpmPipeline pipeline = NewPipeline();

        pipeline.Generate(3, steps: 5, seed: 1);

        Assert.False(Denoiser.training);
    }

    [Fact]
    public void Generate_WithinGradients_RecordsNothing()
    {
        using DdpmPipeline pipeline = NewPipeline();
        bool recorded = false;
        Denoiser.OnForward = () => recorded |= is_grad_enabled() && !is_inference_mode_enabled();

        pipeline.Generate(3, steps: 5, seed: 1);

        Assert.False(recorded);
        Assert.True(is_grad_enabled());
    }

    [Fact]
    public void Generate_StandardizedModel_GivesTheUnitsOfTheData()
    {
        using DdpmPipeline pipeline = NewPipeline();
        float[] plain = pipeline.Generate(4, seed: 1).Values.ToArray();
        Denoiser.TrainingRecord = Record() with { Standardization = new([10, -20], [2, 3]) };

        Samples samples = pipeline.Generate(4, seed: 1, options: new GenerateOptions { TrajectoryEvery = T });

        float[] expected = [.. plain.Select((value, i) => i % 2 == 0 ? 2 * value + 10 : 3 * value - 20)];
        Assert.Equal(expected, samples.Values.ToArray(), new Close(1e-5f));
        Assert.Equal(samples.Values.ToArray(), samples.Trajectory[^1].Values.ToArray());
        Assert.Equal(10, samples.Trajectory[0].Values.ToArray().Where((_, i) => i % 2 == 0).Average(), 5f);
    }

    [Fact]
    public void Generate_TrajectoryEvery_KeepsNoiseEveryKthStepAndResult()
    {
        using DdpmPipeline pipeline = NewPipeline();
        var options = new GenerateOptions { TrajectoryEvery = 4, BlockSize = 3 };

        Samples samples = pipeline.Generate(8, steps: 10, seed: 5, options: options);

        Assert.Equal(4, samples.Trajectory.Count); // 0, 4, 8, 10
        float[] noise = new float[16];
        new PhiloxStreams(5).Normal(RandomPurpose.InitialNoise, 0, 8, 0, noise);
        Assert.Equal(noise, samples.Trajectory[0].Values.ToArray());
        Assert.Equal(samples.Values.ToArray(), samples.Trajectory[^1].Values.ToArray());
        Assert.All(samples.Trajectory, frame => Assert.Equal(samples.Shape, frame.Shape));
        Assert.Empty(pipeline.Generate(2, steps: 2, seed: 5).Trajectory);
    }

    [Fact]
    public void Generate_Progress_CountsEveryStepOfEveryBlock()
    {
        using DdpmPipeline pipeline = NewPipeline();
        var reports = new List<GenerateProgress>();

        pipeline.Generate(
            5, steps: 3, seed: 1, options: new GenerateOptions { BlockSize = 2 }, progress: new Immediate<GenerateProgress>(reports.Add));

        Assert.Equal(
            Enumerable.Range(1, 9).Select(step => (long)step), reports.Select(report => report.CompletedSteps));
        Assert.All(reports, report => Assert.Equal(9, report.TotalSteps));
        Assert.Equal([0, 0, 2, 2, 2, 4, 4, 4, 5], reports.Select(report => report.CompletedSamples));
        Assert.Equal(1, reports[^1].Fraction);
    }

    [Fact]
    public void Generate_RecordedRandomness_IsUsedForNoiseAndSteps()
    {
        using DdpmPipeline pipeline = NewPipeline();
        var streams = new RecordingStreams(new PhiloxStreams(4));

        Samples samples = pipeline.Generate(
            3, steps: 4, options: new GenerateOptions { Randomness = streams, BlockSize = 2 });

        Assert.Equal(
            pipeline.Generate(3, steps: 4, seed: 4).Values.ToArray(), samples.Values.ToArray(), new Close(1e-5f));
        Assert.Equal(0, samples.Seed);
        string[] block = ["InitialNoise 0", "StepNoise 0", "StepNoise 1", "StepNoise 2"];
        Assert.Equal(
            [.. block.Select(call => $"{call} at 0+2"), .. block.Select(call => $"{call} at 2+1")], streams.Calls);
    }

    [Fact]
    public void Generate_PipelinesScheduler_KeepsItsOwnTimesteps()
    {
        var scheduler = new DdpmScheduler(Config);
        scheduler.SetTimesteps(7);
        using var pipeline = new DdpmPipeline(Denoiser, scheduler);

        pipeline.Generate(2, steps: 3, seed: 1);

        Assert.Equal(7, scheduler.Timesteps.Count);
        Assert.NotSame(scheduler, pipeline.Scheduler);
    }

    [Fact]
    public void Generate_DefaultSteps_AreThoseOfTheOptions()
    {
        using DdpmPipeline pipeline = NewPipeline(new DdpmPipelineOptions { DefaultSteps = 6 });

        Assert.Equal(pipeline.Generate(3, 6, 2).Values.ToArray(), pipeline.Generate(3, seed: 2).Values.ToArray());
    }

    [Fact]
    public async Task GenerateAsync_GivesWhatGenerateGives()
    {
        using DdpmPipeline pipeline = NewPipeline();

        Samples samples = await pipeline.GenerateAsync(6, 5, 9);

        Assert.Equal(pipeline.Generate(6, 5, 9).Values.ToArray(), samples.Values.ToArray());
    }

    [Fact]
    public void WithScheduler_SharesTheDenoiserButDoesNotOwnIt()
    {
        using DdpmPipeline pipeline = NewPipeline();
        var squared = new DdpmScheduler(Config with { BetaSchedule = BetaSchedule.SquaredCosCapV2 });

        using (DdpmPipeline other = pipeline.WithScheduler(squared))
        {
            Assert.Same(pipeline.Denoiser, other.Denoiser);
            Assert.NotEqual(
                pipeline.Generate(4, seed: 1).Values.ToArray(), other.Generate(4, seed: 1).Values.ToArray());
        }
        Assert.Equal(4, pipeline.Generate(4, seed: 1).Count);
    }

    /// <summary>Algorithm 2 with nothing but the scheduler's public steps: no blocks, no runs, no buffers.</summary>
    private float[] ByHand(int count, int steps, long seed)
    {
        Denoiser.eval();
        var scheduler = new DdpmScheduler(Config);
        scheduler.SetTimesteps(steps);
        using IDisposable guard = no_grad();
        using var scope = NewDisposeScope();
        Tensor sample = Noise(seed, RandomPurpose.InitialNoise, count, 0);
        for (int i = 0; i < steps; i++)
        {
            long timestep = scheduler.Timesteps[i];
            Tensor output = Denoiser.call(sample, full([count], timestep, ScalarType.Int64), null);
            sample = scheduler.Step(output, timestep, sample, Noise(seed, RandomPurpose.StepNoise, count, i)).PrevSample;
        }
        return sample.data<float>().ToArray();
    }

    private static Tensor Noise(long seed, RandomPurpose purpose, int count, long step)
    {
        float[] values = new float[2 * count];
        new PhiloxStreams(seed).Normal(purpose, 0, count, step, values);
        return tensor(values, [count, 2]);
    }
}
