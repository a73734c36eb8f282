using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;

namespace Diffusion.Sdk.Tests.Pipelines;

public sealed class DdpmPipelineGuardTests : PipelineTest
{
    [Fact]
    public void Constructor_OtherPredictionType_NamesBoth()
    {
        Denoiser.TrainingRecord = Record(prediction: "v_prediction");

        var error = Assert.Throws<InvalidOperationException>(() => NewPipeline());

        Assert.Equal(
            "The denoiser was trained to predict \"v_prediction\", but the scheduler takes its output for \"epsilon\". " +
            "Give the scheduler the PredictionType of the training.", error.Message);
    }

    [Fact]
    public void Constructor_OtherTrainTimesteps_NamesBoth()
    {
        Denoiser.TrainingRecord = Record(timesteps: 500);

        var error = Assert.Throws<InvalidOperationException>(() => NewPipeline());

        Assert.Equal(
            "The denoiser was trained with 500 timesteps, but the scheduler has 40. Give the scheduler the NumTrainTimesteps " +
            "of the training; for fewer denoising steps pass steps to Generate.", error.Message);
    }

    [Fact]
    public void Constructor_LearnedEmbeddingOfFewerTimesteps_NamesBoth()
    {
        using var learned = new MlpDenoiser(
            new MlpDenoiserConfig { TimeEmbedding = TimeEmbeddingKind.Learned, NumTrainTimesteps = T - 1 });

        var error = Assert.Throws<InvalidOperationException>(
            () => new DdpmPipeline(learned, new DdpmScheduler(Config)));

        Assert.Equal(
            "The denoiser's learned time embedding has 39 timesteps, but the scheduler has 40. Make the denoiser with " +
            "as many, or give the scheduler fewer NumTrainTimesteps.", error.Message);
    }

    [Fact]
    public void Generate_TrainedOtherwiseSince_IsRefused()
    {
        using DdpmPipeline pipeline = NewPipeline();
        Denoiser.TrainingRecord = Record(timesteps: 500);

        Assert.Contains("500", Assert.Throws<InvalidOperationException>(() => pipeline.Generate(1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Generate_OnlineWeightsWhereEmaExists_IsRefusedUnlessAllowed()
    {
        Denoiser.TrainingRecord = Record() with { HasEma = true };
        using DdpmPipeline pipeline = NewPipeline();
        using DdpmPipeline tolerant = NewPipeline(new DdpmPipelineOptions { AllowOnlineWeights = true });

        var error = Assert.Throws<InvalidOperationException>(() => pipeline.Generate(1));

        Assert.Equal(
            "The denoiser holds online weights, but the training kept averaged ones (EMA), from which samples are better. " +
            "Swap those in or load them, or set DdpmPipelineOptions.AllowOnlineWeights.", error.Message);
        Assert.Equal(1, tolerant.Generate(1, 1).Count);
        Denoiser.TrainingRecord = Denoiser.TrainingRecord with { Weights = WeightsKind.Ema };
        Assert.Equal(1, pipeline.Generate(1, 1).Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    public void Generate_NoSamples_IsRefused(int count)
    {
        using DdpmPipeline pipeline = NewPipeline();

        var error = Assert.Throws<ArgumentOutOfRangeException>(() => pipeline.Generate(count));

        Assert.StartsWith(
            $"count is {count}; expected an integer of at least 1.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Generate_MoreSamplesThanAnArrayHolds_IsRefused()
    {
        using DdpmPipeline pipeline = NewPipeline();

        var error = Assert.Throws<ArgumentOutOfRangeException>(() => pipeline.Generate(int.MaxValue));

        Assert.StartsWith("count is 2147483647; expected at most 1073741795,", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(T + 1)]
    public void Generate_StepsOutsideOfTraining_IsRefused(int steps)
    {
        using DdpmPipeline pipeline = NewPipeline();

        var error = Assert.Throws<ArgumentOutOfRangeException>(() => { _ = pipeline.GenerateAsync(1, steps); });

        Assert.StartsWith(
            $"steps is {steps}; expected an integer in [1, 40]: a model trained with 40 timesteps has no more steps to give.",
            error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_DefaultStepsOutsideOfTraining_IsRefused()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(
            () => NewPipeline(new DdpmPipelineOptions { DefaultSteps = 41 }));

        Assert.StartsWith(
            "DefaultSteps is 41; expected an integer in [1, 40], the number of training timesteps, or null.",
            error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Generate_OptionsOutOfRange_AreRefused()
    {
        using DdpmPipeline pipeline = NewPipeline();

        string block = Message(new GenerateOptions { BlockSize = 0 });
        string trajectory = Message(new GenerateOptions { TrajectoryEvery = -1 });

        Assert.StartsWith(
            "BlockSize is 0; expected an integer of at least 1, or null.", block, StringComparison.Ordinal);
        Assert.StartsWith(
            "TrajectoryEvery is -1; expected an integer of at least 0.", trajectory, StringComparison.Ordinal);

        string Message(GenerateOptions options) =>
            Assert.Throws<ArgumentOutOfRangeException>(() => pipeline.Generate(1, options: options)).Message;
    }

    [Fact]
    public void Generate_SeedAndRandomness_AreNotBothGiven()
    {
        using DdpmPipeline pipeline = NewPipeline();

        var error = Assert.Throws<ArgumentException>(
            () => pipeline.Generate(1, seed: 5, options: new GenerateOptions { Randomness = new PhiloxStreams(6) }));

        Assert.StartsWith(
            "seed is 5, but GenerateOptions.Randomness is given too; expected one of them.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(VarianceType.FixedSmall, 2, "modelOutput has shape [3, 4]; expected [3, 2], as the variance is fixed")]
    [InlineData(VarianceType.Learned, 1, "modelOutput has shape [3, 2]; expected [3, 2] with twice the channels")]
    public void Generate_OutputWithAnotherNumberOfChannels_IsRefused(VarianceType variance, int factor, string expected)
    {
        using var denoiser = new SmallDenoiser(factor);
        using var pipeline = new DdpmPipeline(denoiser, new DdpmScheduler(Config with { VarianceType = variance }));

        var error = Assert.Throws<ArgumentException>(() => pipeline.Generate(3, 2));

        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Generate_ResultNotFinite_SaysWhichSample()
    {
        var streams = new BrokenStreams();
        using DdpmPipeline pipeline = NewPipeline();

        var error = Assert.Throws<InvalidOperationException>(
            () => pipeline.Generate(4, 1, options: new GenerateOptions { Randomness = streams }));

        Assert.Equal(
            "Sample 2 holds NaN after 1 steps; expected finite numbers. The weights may have diverged in training, or the " +
            "scheduler is not the one they were trained with.", error.Message);
    }

    [Fact]
    public void Generate_CancelledBefore_DoesNotBegin()
    {
        using DdpmPipeline pipeline = NewPipeline();
        bool begun = false;
        Denoiser.OnForward = () => begun = true;

        var error = Assert.ThrowsAny<OperationCanceledException>(
            () => pipeline.Generate(1, cancellationToken: new CancellationToken(canceled: true)));

        Assert.True(error.CancellationToken.IsCancellationRequested);
        Assert.False(begun);
    }

    [Fact]
    public async Task GenerateAsync_CancelledMeanwhile_StopsBeforeTheNextStep()
    {
        using DdpmPipeline pipeline = NewPipeline();
        using var cancellation = new CancellationTokenSource();
        int forwards = 0;
        Denoiser.OnForward = () =>
        {
            if (++forwards == 3)
            {
                cancellation.Cancel();
            }
        };

        Task<Samples> run = pipeline.GenerateAsync(5, cancellationToken: cancellation.Token);
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        Assert.Equal(cancellation.Token, error.CancellationToken);
        Assert.Equal(3, forwards);
    }

    [Fact]
    public void Generate_DenoiserFails_PassesTheErrorAndFreesEverything()
    {
        using DdpmPipeline pipeline = NewPipeline();
        Denoiser.OnForward = () => throw new TimeZoneNotFoundException("mine");

        Assert.Equal("mine", Assert.Throws<TimeZoneNotFoundException>(() => pipeline.Generate(5)).Message);
        Assert.True(Denoiser.training);
    }

    [Fact]
    public void Generate_Disposed_IsRefused()
    {
        DdpmPipeline pipeline = NewPipeline();

        pipeline.Dispose();
        pipeline.Dispose();

        Assert.Contains("DdpmPipeline", Assert.Throws<ObjectDisposedException>(() => pipeline.Generate(1)).Message, StringComparison.Ordinal);
        Assert.Throws<ObjectDisposedException>(() => pipeline.WithScheduler(new DdpmScheduler(Config)));
        Assert.False(Denoiser.parameters().First().IsInvalid);
    }

    [Fact]
    public void Dispose_InTheMiddleOfARun_StopsItAndThenFreesWhatThePipelineOwns()
    {
        using var owned = new SmallDenoiser();
        var pipeline = new DdpmPipeline(
            owned, new DdpmScheduler(Config), new DdpmPipelineOptions { OwnsDenoiser = true });
        int forwards = 0;
        owned.OnForward = () =>
        {
            forwards++;
            pipeline.Dispose();
            Assert.False(owned.parameters().First().IsInvalid);
        };

        var error = Assert.Throws<ObjectDisposedException>(() => pipeline.Generate(1));

        Assert.StartsWith("The pipeline was disposed while it generated.", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, forwards);
        Assert.All(owned.parameters(), parameter => Assert.True(parameter.IsInvalid));
    }

    [Fact]
    public void Dispose_InTheMiddleOfARunOfAnotherScheduler_StopsItAndThenFreesWhatThePipelineOwns()
    {
        using var owned = new SmallDenoiser();
        var pipeline = new DdpmPipeline(
            owned, new DdpmScheduler(Config), new DdpmPipelineOptions { OwnsDenoiser = true });
        DdpmPipeline other = pipeline.WithScheduler(DdimScheduler.FromConfig(Config));
        int forwards = 0;
        owned.OnForward = () =>
        {
            forwards++;
            other.Dispose();
            pipeline.Dispose();
            Assert.False(owned.parameters().First().IsInvalid);
        };

        Assert.Throws<ObjectDisposedException>(() => other.Generate(1, steps: 5));

        Assert.Equal(1, forwards);
        Assert.All(owned.parameters(), parameter => Assert.True(parameter.IsInvalid));
        Assert.Throws<ObjectDisposedException>(() => pipeline.WithScheduler(new DdpmScheduler(Config)));
    }

    private sealed class BrokenStreams : RandomStreams
    {
        public override void Normal(
            RandomPurpose purpose, long firstItem, int items, long step, Span<float> destination)
        {
            destination.Clear();
            destination[4] = float.NaN;
        }

        public override void Integers(
            RandomPurpose purpose, long firstItem, int items, long step, long upperExclusive, Span<long> destination) =>
            throw new NotSupportedException();

        public override void Uniform(
            RandomPurpose purpose, long firstItem, int items, long step, Span<float> destination) =>
            throw new NotSupportedException();
    }
}
