using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
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
        TrainingData unit = TrainingData.FromPoints(Enumerable.Range(0, 11).Select(i => new[] { i / 10f, 1 - i / 10f }));
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

    [Fact]
    public void Run_ImagesUpTo255_NamesTheFix()
    {
        TrainingData images = TrainingData.FromValues([0, 128, 255, 7], 1, 2, 2);
        using var denoiser = new Pixels();
        Assert.Contains("lie in [0, 255]", Assert.Throws<ArgumentException>(() => NewTrainer(denoiser, Tiny).Run(images)).Message);
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
        Assert.Throws<ArgumentException>(() => NewTrainer(_denoiser, Tiny).Run(new Unchecked([0, 1, float.NaN, 2]))).Message);

    [Fact]
    public void Run_DenoiserTrainedForAnotherScheduler_SaysBoth()
    {
        NewTrainer(_denoiser, Tiny with { Steps = 1 }).Run(Data).Dispose();
        var velocity = new DiffusionTrainer(_denoiser, NewScheduler(PredictionType.VPrediction), Tiny);
        Assert.Contains(
            "trained to predict epsilon over 20 timesteps, but the scheduler has v_prediction over 20",
            Assert.Throws<InvalidOperationException>(() => velocity.Run(Data)).Message);
        var longer = new DiffusionTrainer(_denoiser, new DdpmScheduler(new DdpmSchedulerConfig { NumTrainTimesteps = 30 }), Tiny);
        Assert.Contains("over 20 timesteps, but the scheduler has epsilon over 30", Assert.Throws<InvalidOperationException>(() => longer.Run(Data)).Message);
    }

    [Fact]
    public void Run_StandardisedDenoiserWithoutStandardize_NamesTheFix()
    {
        NewTrainer(_denoiser, Tiny with { Steps = 1, Standardize = true }).Run(Data).Dispose();
        Assert.Contains("Standardize = true", Assert.Throws<InvalidOperationException>(() => NewTrainer(_denoiser, Tiny).Run(Data)).Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Run_LossNotFinite_StopsAndKeepsTheLastGoodWeights(bool gradientOnly)
    {
        using var denoiser = new Failing(failAt: 7, gradientOnly);
        float[] before = [];
        var trainer = new DiffusionTrainer(denoiser, NewScheduler(), Tiny)
        {
            BeforeStep = state => before = state.Step == 7 ? Values(state.Flat.Values) : before,
        };
        var error = Assert.Throws<TrainingDivergedException>(() => trainer.Run(Data));
        Assert.Contains($"After 7 steps {(gradientOnly ? "the gradient" : "the loss")} is not a finite number", error.Message);
        Assert.Contains("Lower the learning rate", error.Message);
        Assert.Equal((7L, 7), (error.Step, error.Losses.Count));
        Assert.Equal(before, Weights(denoiser));
        Assert.All(Weights(denoiser), weight => Assert.True(float.IsFinite(weight)));
    }

    [Fact]
    public void Run_LossNotFiniteOnce_RollsBackAndEnds()
    {
        using var denoiser = new Failing(failAt: 150, gradientOnly: false);
        TrainingOptions options = Tiny with { Steps = 200, NonFinite = NonFiniteAction.RollBack };
        var reports = new List<TrainingProgress>();
        using TrainingResult result = NewTrainer(denoiser, options).Run(Data, new Immediate<TrainingProgress>(reports.Add));
        Assert.Equal((1, 200L, 200), (result.RollBacks, result.Steps, result.Losses.Count));
        Assert.Equal(0.5e-2, reports[^1].LearningRate, 10); // half, since it went back
        Assert.Contains(reports, report => report.Step == 110 && report.LearningRate < 0.6e-2);
    }

    [Fact]
    public void Run_LossNeverFiniteAgain_StopsAfterThreeRollBacks()
    {
        using var denoiser = new Failing(failAt: 5, gradientOnly: false, forGood: true);
        var trainer = NewTrainer(denoiser, Tiny with { NonFinite = NonFiniteAction.RollBack });
        Assert.Contains("gone back 3 times", Assert.Throws<TrainingDivergedException>(() => trainer.Run(Data)).Message);
    }

    [Theory]
    [InlineData(NonFiniteAction.Stop)]
    [InlineData(NonFiniteAction.RollBack)]
    public void Run_AverageNotFinite_IsNeverHandedOut(NonFiniteAction action)
    {
        bool once = false;
        var trainer = new DiffusionTrainer(_denoiser, NewScheduler(), Tiny with { Ema = [new EmaOptions()], NonFinite = action })
        {
            BeforeStep = state =>
            {
                if (state.Step == 20 && !once)
                {
                    once = true;
                    state.Ema[0].Averages["layers.0.bias"].fill_(float.PositiveInfinity);
                }
            },
        };
        if (action == NonFiniteAction.Stop)
        {
            Assert.Contains("an average of the weights is not a finite", Assert.Throws<TrainingDivergedException>(() => trainer.Run(Data)).Message);
            return;
        }
        using TrainingResult result = trainer.Run(Data);
        Assert.Equal((1, 30L), (result.RollBacks, result.Steps));
        Assert.True(result.Ema[0].IsFinite());
    }

    [Fact]
    public void Run_OutputOfAnotherShape_SaysBoth()
    {
        using var denoiser = new Wide();
        Assert.Contains("[16, 4]; expected that of the batch, [16, 2]", Assert.Throws<InvalidOperationException>(() => NewTrainer(denoiser, Tiny).Run(Data)).Message);
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
        var progress = new Immediate<TrainingProgress>(_ => error ??= Assert.Throws<InvalidOperationException>(() => trainer.Run(Data)));
        trainer.Run(Data, progress).Dispose();
        Assert.Contains("already running", error!.Message);
    }

    void IDisposable.Dispose()
    {
        Dispose();
        _denoiser.Dispose();
    }

    /// <summary>Gives NaN, or an infinite gradient, at one step of the training, or from it on.</summary>
    private sealed class Failing : Denoiser
    {
        private readonly TorchSharp.Modules.Linear _layer = nn.Linear(2, 2);
        private readonly (int FailAt, bool GradientOnly, bool ForGood) _how;
        private int _calls;

        public Failing(int failAt, bool gradientOnly, bool forGood = false)
            : base(nameof(Failing))
        {
            _how = (failAt, gradientOnly, forGood);
            RegisterComponents();
        }

        public override IReadOnlyList<int> SampleShape => [2];

        public override string ToConfigJson() => "{}";

        public override Tensor forward(Tensor input1, Tensor input2, Tensor? input3)
        {
            Tensor output = _layer.forward(input1);
            bool fails = _calls == _how.FailAt || (_how.ForGood && _calls > _how.FailAt);
            _calls++;
            // The root of a sum of zeros is 0, with an infinite slope.
            return !fails ? output : _how.GradientOnly ? output.add(output.sub(output.detach()).abs().sqrt()) : output.mul(float.NaN);
        }
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
        protected override void CopySample(int index, Span<float> destination) => values.AsSpan(2 * index, 2).CopyTo(destination);
    }
}
