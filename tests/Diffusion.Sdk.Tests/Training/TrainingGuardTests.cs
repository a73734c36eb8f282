using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Tests.Pipelines;
using Diffusion.Sdk.Training;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Training;

public sealed class TrainingGuardTests : TrainingTest, IDisposable
{
    private readonly MlpDenoiser _denoiser = NewDenoiser(); // there before the base counts live tensors, so freed after

    [Fact]
    public void Run_DataInTheUnitInterval_NamesTheFix()
    {
        TrainingData unit = TrainingData.FromPoints(
            Enumerable.Range(0, 11).Select(i => new[] { i / 10f, 1 - i / 10f }));
        string message = Assert.Throws<ArgumentException>(() => NewTrainer(_denoiser, Tiny).Run(unit)).Message;
        Assert.Contains("lie in [0, 1]", message);
        Assert.Contains("2 x - 1, or set Standardize = true", message);
        Assert.Contains("DataCheck.Warn", message);
        NewTrainer(_denoiser, Tiny with { DataCheck = DataCheck.Warn, Steps = 1 }).Run(unit).Dispose();
        NewTrainer(_denoiser, Tiny with { DataCheck = DataCheck.Off, Steps = 1 }).Run(unit).Dispose();
        using MlpDenoiser fresh = NewDenoiser();
        NewTrainer(fresh, Tiny with { Standardize = true, Steps = 1 }).Run(unit).Dispose();
    }

    [Fact]
    public void Run_DataOffCentre_SaysWhichDimension()
    {
        TrainingData off = TrainingData.FromPoints(Enumerable.Range(-5, 11).Select(i => new[] { (float)i, 100f + i }));
        string message = Assert.Throws<ArgumentException>(() => NewTrainer(_denoiser, Tiny).Run(off)).Message;
        Assert.Contains("off centre: dimension 1 has mean 100 and standard deviation 3.162", message);
        Assert.Contains("Standardize = true", message);
    }

    [Theory]
    [InlineData(false, 1.5, "the data reach 1.6")]
    [InlineData(true, 1.2, "the data, standardised, reach 1.225")]
    public void Run_PointsBeyondWhatTheSchedulerClipsTo_NamesTheFix(bool standardize, double within, string reach)
    {
        TrainingData points = TrainingData.FromPoints([[-1.6f, 0], [1.6f, 1], [0, -1]]);
        TrainingOptions options = Tiny with { Standardize = standardize, Steps = 1 };
        string message = Assert.Throws<ArgumentException>(() => Train(new DdpmSchedulerConfig(), options)).Message;
        Assert.Contains("clips what it predicts to [-1, 1], but " + reach, message);
        Assert.Contains("ClipSample = false", message);
        Assert.Throws<ArgumentException>(() => Train(new DdpmSchedulerConfig { ClipSampleRange = within }, options));
        Train(new DdpmSchedulerConfig { ClipSampleRange = within + 0.1 }, options);
        Train(new DdpmSchedulerConfig { ClipSample = false }, options);
        Train(new DdpmSchedulerConfig { Thresholding = true }, options);
        Train(new DdpmSchedulerConfig(), options with { DataCheck = DataCheck.Warn });

        void Train(DdpmSchedulerConfig noise, TrainingOptions with)
        {
            using MlpDenoiser one = NewDenoiser(); // which keeps the units of its first training
            new DiffusionTrainer(one, new DdpmScheduler(noise), with).Run(points).Dispose();
        }
    }

    [Fact]
    public void Run_ImagesUpTo255_NamesTheFix()
    {
        TrainingData images = TrainingData.FromValues([0, 128, 255, 7], 1, 2, 2);
        using var denoiser = new Pixels();
        Assert.Contains(
            "lie in [0, 255]", Assert.Throws<ArgumentException>(() => NewTrainer(denoiser, Tiny).Run(images)).Message);
    }

    [Fact]
    public void Run_SamplesOfAnotherShape_SaysBothShapes()
    {
        TrainingData threeDimensional = TrainingData.FromPoints([[1, 2, 3], [-1, -2, -3]]);
        Assert.Contains(
            "samples of shape [3], but the denoiser works on [2]",
            Assert.Throws<ArgumentException>(() => NewTrainer(_denoiser, Tiny).Run(threeDimensional)).Message);
    }

    [Fact]
    public void Run_DataWithNaN_SaysWhichSample() => Assert.Contains(
        "Sample 1 of the data holds NaN",
        Assert.Throws<ArgumentException>(
            () => NewTrainer(_denoiser, Tiny).Run(new Unchecked([0, 1, float.NaN, 2]))).Message);

    [Fact]
    public void Run_LearnedEmbeddingOfFewerTimesteps_SaysBoth()
    {
        using var learned = new MlpDenoiser(
            new MlpDenoiserConfig { TimeEmbedding = TimeEmbeddingKind.Learned, NumTrainTimesteps = 19 });
        Assert.Contains(
            "learned time embedding has 19 timesteps, but the scheduler has 20",
            Assert.Throws<InvalidOperationException>(() => NewTrainer(learned, Tiny).Run(Data)).Message);
    }

    [Fact]
    public void Run_FourierEmbedding_SaysThatTimestepsAreNoNoiseLevels()
    {
        using var unet = new UNet2DModel(new UNet2DConfig
        {
            SampleSize = 8, InChannels = 1, OutChannels = 1, TimeEmbeddingType = TimeEmbeddingType.Fourier,
            BlockOutChannels = [8], NormNumGroups = 4, LayersPerBlock = 1,
            DownBlockTypes = [DownBlockType.DownBlock2D], UpBlockTypes = [UpBlockType.UpBlock2D],
        });
        Assert.Contains(
            "takes the logarithm of noise levels, but a DdpmScheduler has timesteps from 0 on",
            Assert.Throws<InvalidOperationException>(() => NewTrainer(unet, TinyImages).Run(Images)).Message);
    }

    [Fact]
    public void Run_TimeLimitAndEndlessSteps_TellsTheTimeLeft()
    {
        var left = new List<TimeSpan>();
        TrainingOptions options = Tiny with { Steps = long.MaxValue, TimeLimit = TimeSpan.FromSeconds(0.3) };
        NewTrainer(_denoiser, options).Run(
            Data, new Immediate<TrainingProgress>(report => left.Add(report.TimeLeft))).Dispose();
        Assert.All(left, time => Assert.InRange(time, TimeSpan.Zero, TimeSpan.FromSeconds(0.3)));
    }

    [Fact]
    public void Run_DenoiserTrainedForAnotherScheduler_SaysBoth()
    {
        NewTrainer(_denoiser, Tiny with { Steps = 1 }).Run(Data).Dispose();
        var velocity = new DiffusionTrainer(_denoiser, NewScheduler(PredictionType.VPrediction), Tiny);
        Assert.Contains(
            "trained to predict epsilon over 20 timesteps, but the scheduler has v_prediction over 20",
            Assert.Throws<InvalidOperationException>(() => velocity.Run(Data)).Message);
        var longer = new DiffusionTrainer(
            _denoiser, new DdpmScheduler(new DdpmSchedulerConfig { NumTrainTimesteps = 30, ClipSample = false }), Tiny);
        Assert.Contains("over 20 timesteps, but the scheduler has epsilon over 30",
            Assert.Throws<InvalidOperationException>(() => longer.Run(Data)).Message);
    }

    [Fact]
    public void Run_StandardisedDenoiserWithoutStandardize_NamesTheFix()
    {
        NewTrainer(_denoiser, Tiny with { Steps = 1, Standardize = true }).Run(Data).Dispose();
        Assert.Contains("Standardize = true",
            Assert.Throws<InvalidOperationException>(() => NewTrainer(_denoiser, Tiny).Run(Data)).Message);
    }

    [Fact]
    public void Run_OutputOfAnotherShape_SaysBoth()
    {
        using var denoiser = new Wide();
        Assert.Contains("[16, 4]; expected that of the batch, [16, 2]",
            Assert.Throws<InvalidOperationException>(() => NewTrainer(denoiser, Tiny).Run(Data)).Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(17)]
    public void Run_Cancelled_LeavesNoTensorsAndAUsableDenoiser(int step)
    {
        using var source = new CancellationTokenSource();
        long before = Tensor.TotalCount;
        var trainer = new DiffusionTrainer(_denoiser, NewScheduler(), Tiny with { Ema = [new EmaOptions()] })
        {
            BeforeStep = state =>
            {
                if (state.Step == step)
                {
                    source.Cancel();
                }
            },
        };
        Assert.ThrowsAny<OperationCanceledException>(() => trainer.Run(Data, null, source.Token));
        Assert.Equal(before, Tensor.TotalCount);
        Assert.Equal(step + 1, _denoiser.TrainingRecord!.Steps);
        Assert.All(Weights(_denoiser), weight => Assert.True(float.IsFinite(weight)));
        trainer.Run(Data, null).Dispose(); // the trainer can be used again
    }

    [Fact]
    public void Run_TwiceAtOnce_Throws()
    {
        DiffusionTrainer trainer = NewTrainer(_denoiser, Tiny);
        InvalidOperationException? error = null;
        var progress = new Immediate<TrainingProgress>(
            _ => error ??= Assert.Throws<InvalidOperationException>(() => trainer.Run(Data)));
        trainer.Run(Data, progress).Dispose();
        Assert.Contains("already running", error!.Message);
    }

    [Fact]
    public async Task RunAsync_WhileAnotherThreadTrains_ThrowsAtOnce()
    {
        DiffusionTrainer trainer = NewTrainer(_denoiser, Tiny);
        Exception? error = null;
        var progress = new Immediate<TrainingProgress>(_ => Task.Run(async () =>
            error ??= await Record.ExceptionAsync(() => trainer.RunAsync(Data))).Wait(TimeSpan.FromSeconds(30)));
        (await trainer.RunAsync(Data, progress)).Dispose();
        Assert.Contains("already running", Assert.IsType<InvalidOperationException>(error).Message);
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trainer.RunAsync(Data, null, source.Token));
        (await trainer.RunAsync(Data)).Dispose(); // a call that never began does not stand in the way
    }

    [Fact]
    public void Run_WorkerGiven_TrainsOnItsThreads()
    {
        var worker = new TorchWorker(1);
        new DiffusionTrainer(_denoiser, NewScheduler(), Tiny, worker: worker).Run(Data).Dispose();
        Assert.Equal(1, worker.ThreadCount);
    }

    void IDisposable.Dispose()
    {
        Dispose();
        _denoiser.Dispose();
    }

    /// <summary>Its output has twice the dimensions.</summary>
    private sealed class Wide : Denoiser
    {
        private readonly TorchSharp.Modules.Linear _layer = nn.Linear(2, 4);

        public Wide()
            : base(nameof(Wide)) => RegisterComponents();

        public override IReadOnlyList<int> SampleShape => [2];

        public override string ToConfigJson() => "{}";

        public override Tensor forward(Tensor input1, Tensor input2, Tensor? input3) => _layer.forward(input1);
    }

    private sealed class Pixels() : Denoiser(nameof(Pixels))
    {
        public override IReadOnlyList<int> SampleShape => [1, 2, 2];

        public override string ToConfigJson() => "{}";

        public override Tensor forward(Tensor input1, Tensor input2, Tensor? input3) => input1;
    }

    /// <summary>Data of a kind that does not look at its numbers.</summary>
    private sealed class Unchecked(float[] values) : TrainingData(values.Length / 2, [2])
    {
        protected override void CopySample(int index, Span<float> destination) =>
            values.AsSpan(2 * index, 2).CopyTo(destination);
    }
}
