using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Tests.Pipelines;
using Diffusion.Sdk.Training;
using Microsoft.Extensions.Logging.Abstractions;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Training;

public sealed class DiffusionTrainerTests : TrainingTest
{
    /// <summary>
    /// The least possible loss is the mean over t of the posterior variance of x_0 under the exact mixture, in the
    /// units of the prediction; found by Monte Carlo with 20,000 samples per timestep.
    /// </summary>
    [Theory]
    [InlineData(PredictionType.Epsilon, null, 0.231)]
    [InlineData(PredictionType.Sample, null, 0.586)]
    [InlineData(PredictionType.VPrediction, null, 0.817)]
    [InlineData(PredictionType.Epsilon, 5.0, 0.178)]
    public void Run_TwoClusters_ReachesTheLeastPossibleLoss(PredictionType prediction, double? gamma, double least)
    {
        TrainingData data = TrainingData.FromPoints(
            GaussianMixture.OnLine((1, -1, 0.1), (1, 1, 0.1)).Sample(200, seed: 3));
        using var denoiser = new MlpDenoiser(
            new MlpDenoiserConfig { DataDimension = 1, Width = 32, Depth = 2, TimeWidth = 16 });
        var scheduler = new DdpmScheduler(
            new DdpmSchedulerConfig { NumTrainTimesteps = 100, BetaEnd = 0.1, PredictionType = prediction, ClipSample = false });
        var options = new TrainingOptions { Steps = 2500, BatchSize = 64, LearningRate = 3e-3, MinSnrGamma = gamma };
        using TrainingResult result = new DiffusionTrainer(denoiser, scheduler, options).Run(data);
        Assert.Equal(2500, result.Losses.Count);
        Assert.InRange(result.MeanLoss(2500), 0.95 * least, 1.1 * least);
    }

    [Fact]
    public void Run_SameSeed_GivesTheSameWeightsBitForBit()
    {
        Assert.Equal(Train(Tiny), Train(Tiny));
        Assert.NotEqual(Train(Tiny), Train(Tiny with { Seed = 1 }));

        static float[] Train(TrainingOptions options)
        {
            using MlpDenoiser denoiser = NewDenoiser();
            using TrainingResult result = NewTrainer(denoiser, options).Run(Data);
            return Weights(denoiser);
        }
    }

    [Fact]
    public void Run_OneStep_IsTheFormula()
    {
        using MlpDenoiser trained = NewDenoiser();
        using MlpDenoiser expected = NewDenoiser();
        TrainingOptions options = Tiny with { Steps = 1, Seed = 4, MaxGradientNorm = 0.1 };
        using TrainingResult result = NewTrainer(trained, options).Run(Data);

        var streams = new PhiloxStreams(4);
        (long[] picked, long[] steps, float[] noise) = (new long[16], new long[16], new float[32]);
        streams.Integers(RandomPurpose.Batch, 0, 16, 0, Data.Count, picked);
        streams.Integers(RandomPurpose.Timesteps, 0, 16, 0, 20, steps);
        streams.Normal(RandomPurpose.TrainingNoise, 0, 16, 0, noise);
        Tensor epsilon = tensor(noise, [16, 2]);
        Tensor noisy = NewScheduler().AddNoise(Data.GetBatch(picked), epsilon, tensor(steps));
        Tensor loss = nn.functional.mse_loss(expected.call(noisy, tensor(steps), null), epsilon);
        loss.backward();
        nn.utils.clip_grad_norm_(expected.parameters(), 0.1);
        using optim.Optimizer adam = optim.Adam(expected.parameters(), 1e-2);
        adam.step();

        Assert.Equal(loss.item<float>(), result.Losses[0], 5);
        Assert.Equal(Weights(expected), Weights(trained), new Close(2e-6f));
    }

    [Fact]
    public void Run_Progress_CountsStepsAndTime()
    {
        using MlpDenoiser denoiser = NewDenoiser();
        var reports = new List<TrainingProgress>();
        using TrainingResult result = NewTrainer(denoiser, Tiny with { Steps = 25 }).Run(
            Data, new Immediate<TrainingProgress>(reports.Add));
        Assert.Equal([10L, 20L, 25L], reports.Select(report => report.Step));
        Assert.All(reports, report => Assert.Equal(25, report.TotalSteps));
        Assert.Equal(result.Losses.Skip(10).Take(10).Average(), reports[1].Loss, 5);
        Assert.Equal(1e-2, reports[0].LearningRate);
        Assert.Equal(TimeSpan.Zero, reports[^1].TimeLeft);
        Assert.All(reports.SkipLast(1), report => Assert.True(report.TimeLeft > TimeSpan.Zero));
    }

    [Fact]
    public void Run_CosineWithWarmUp_ReportsItsRates()
    {
        using MlpDenoiser denoiser = NewDenoiser();
        var reports = new List<TrainingProgress>();
        var schedule = new LearningRateSchedule { Shape = LearningRateShape.Cosine, WarmupSteps = 10 };
        TrainingOptions options = Tiny with { ReportEvery = 1, LearningRateSchedule = schedule };
        using TrainingResult result = NewTrainer(denoiser, options).Run(
            Data, new Immediate<TrainingProgress>(reports.Add));
        Assert.Equal(0, reports[0].LearningRate);
        Assert.Equal(1e-2, reports[10].LearningRate, 10);
        Assert.True(reports[^1].LearningRate < 1e-3);
    }

    [Fact]
    public void Run_SeveralAverages_KeepsEachAndLeavesTheFirstInTheDenoiser()
    {
        using MlpDenoiser denoiser = NewDenoiser();
        TrainingOptions options = Tiny with { Ema = [new EmaOptions { Decay = 0.5 }, new EmaOptions { Decay = 0.9 }] };
        using TrainingResult result = NewTrainer(denoiser, options).Run(Data);
        Assert.Equal(2, result.Ema.Count);
        Assert.Equal(Values(result.Ema[0].Averages["layers.0.weight"]), Values(denoiser.Layers[0].weight));
        Assert.NotEqual(Values(result.Ema[1].Averages["layers.0.weight"]), Values(denoiser.Layers[0].weight));
        Assert.Equal((WeightsKind.Ema, true, 30L),
            (denoiser.TrainingRecord!.Weights, denoiser.TrainingRecord.HasEma, denoiser.TrainingRecord.Steps));
    }

    [Fact]
    public void Run_FinalWeightsOnline_LeavesThoseOfTheOptimizer()
    {
        using MlpDenoiser plain = NewDenoiser();
        using MlpDenoiser averaged = NewDenoiser();
        using TrainingResult first = NewTrainer(plain, Tiny).Run(Data);
        using TrainingResult second = NewTrainer(
            averaged, Tiny with { Ema = [new EmaOptions()], FinalWeights = WeightsKind.Online }).Run(Data);
        Assert.Equal(Weights(plain), Weights(averaged));
        Assert.Equal(WeightsKind.Online, averaged.TrainingRecord!.Weights);
        Assert.False(plain.TrainingRecord!.HasEma);
    }

    [Fact]
    public void Run_Standardize_TrainsInThoseUnitsAndRecordsThem()
    {
        TrainingData far = TrainingData.FromPoints(Enumerable.Range(0, 50).Select(i => new[] { 1000f + i, 3f }));
        using MlpDenoiser denoiser = NewDenoiser();
        using TrainingResult result = NewTrainer(denoiser, Tiny with { Standardize = true }).Run(far);
        Assert.Equal([1024.5f, 3f], denoiser.TrainingRecord!.Standardization!.Mean);
        Assert.True(result.MeanLoss(30) < 3);
    }

    [Fact]
    public void Run_InTheDenoisersEvaluationMode_GivesTheModeBack()
    {
        using MlpDenoiser denoiser = NewDenoiser();
        denoiser.eval();
        using TrainingResult result = NewTrainer(denoiser, Tiny).Run(Data);
        Assert.False(denoiser.training);
    }

    [Fact]
    public async Task RunAsync_AFewSteps_DoesTheSameAsRun()
    {
        using MlpDenoiser first = NewDenoiser();
        using MlpDenoiser second = NewDenoiser();
        using TrainingResult waited = NewTrainer(first, Tiny).Run(Data);
        using TrainingResult result = await NewTrainer(second, Tiny).RunAsync(Data);
        Assert.Equal(Weights(first), Weights(second));
    }

    [Fact]
    public void Threads_SmallDenoiser_IsOneUnlessToldOtherwise()
    {
        using MlpDenoiser denoiser = NewDenoiser();
        int before = get_num_threads();
        set_num_threads(2); // so that libtorch's own choice is not one by chance; not for long, since others see it
        int chosen = TrainingSetup.Threads(denoiser, Tiny, null, NullLogger.Instance);
        set_num_threads(before);
        Assert.Equal(1, chosen);
        Assert.Equal(3, TrainingSetup.Threads(denoiser, Tiny with { Threads = 3 }, null, NullLogger.Instance));
    }

    [Fact]
    public void Run_TenThousandSteps_LeavesNoTensorsBehind()
    {
        using MlpDenoiser denoiser = NewDenoiser();
        var live = new List<long>();
        TrainingOptions options = Tiny with { Steps = 10_000, BatchSize = 2, Ema = [new EmaOptions()] };
        using TrainingResult result = NewTrainer(denoiser, options).Run(
            Data, new Immediate<TrainingProgress>(_ => live.Add(Tensor.TotalCount)));
        Assert.Equal(live[0], live[^1]);
    }

    [Fact]
    public void Loss_MinSnr_WeighsEachSampleAndItsGradient()
    {
        var objective = new Objective(NewScheduler(), minSnrGamma: 5);
        DdpmScheduler scheduler = NewScheduler();
        Tensor output = tensor(new float[] { 1, 2, 3, 4 }, [2, 2]);
        long[] timesteps = [0, 19];
        double[] weights =
            [.. timesteps.Select(t => LossWeights.MinSnr(scheduler.SignalToNoise(t), 5, PredictionType.Epsilon))];
        (float loss, Tensor gradient) = objective.Loss(output, zeros([2, 2]), timesteps);
        Assert.Equal((weights[0] * 5 + weights[1] * 25) / 4, loss, 4);
        float[] expected = [.. new[] { 1f, 2, 3, 4 }.Select((value, i) => (float)(weights[i / 2] * 2 * value / 4))];
        Assert.Equal(expected, gradient.data<float>().ToArray(), new Close(1e-6f));
    }
}
