using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Tests.Files;
using Diffusion.Sdk.Tests.Pipelines;
using Diffusion.Sdk.Training;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Training;

public sealed class NonFiniteTests : TrainingTest, IDisposable
{
    private readonly MlpDenoiser _denoiser = NewDenoiser(); // there before the base counts live tensors, so freed after

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
        Assert.Contains(
            $"After 7 steps {(gradientOnly ? "the gradient" : "the loss")} is not a finite number", error.Message);
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
        using TrainingResult result = NewTrainer(denoiser, options).Run(
            Data, new Immediate<TrainingProgress>(reports.Add));
        Assert.Equal((1, 200L, 200), (result.RollBacks, result.Steps, result.Losses.Count));
        Assert.Equal(0.5e-2, reports[^1].LearningRate, 10); // half, since it went back
        Assert.Contains(reports, report => report.Step == 110 && report.LearningRate < 0.6e-2);
    }

    [Fact]
    public void Resume_LossNotFiniteOnce_RollsBackToTheCheckpoint()
    {
        using var folder = new TemporaryFolder();
        var checkpoints = new CheckpointOptions { Directory = folder.File("run"), Every = 10 };
        TrainingOptions options = Tiny with { NonFinite = NonFiniteAction.RollBack, Checkpoints = checkpoints };
        using var first = new Failing(failAt: -1, gradientOnly: false);
        NewTrainer(first, options).Run(Data).Dispose();
        using var second = new Failing(failAt: 5, gradientOnly: false);
        using TrainingResult result = NewTrainer(second, options with { Steps = 50 }).Resume(Data);
        Assert.Equal((1, 50L, 50), (result.RollBacks, result.Steps, result.Losses.Count));
    }

    [Fact]
    public void Run_RollBackBehindCheckpoints_KeepsThoseSavedAfterwards()
    {
        using var folder = new TemporaryFolder();
        using var denoiser = new Failing(failAt: 155, gradientOnly: false);
        var lost = new List<string>();
        var options = Tiny with
        {
            Steps = 160,
            NonFinite = NonFiniteAction.RollBack,
            Checkpoints = new CheckpointOptions { Directory = folder.File("run"), Every = 10, Keep = 2 },
        };
        using TrainingResult result = NewTrainer(denoiser, options).Run(Data, new Immediate<TrainingProgress>(
            report => lost.AddRange(
                report.CheckpointSaved is { } path && !File.Exists(path) ? [Path.GetFileName(path)] : [])));
        Assert.Equal(1, result.RollBacks);
        Assert.Empty(lost);
    }

    [Fact]
    public void Run_WeightNotFiniteAtTheLastCheckpoint_GoesBackAndStillMakesAllSteps()
    {
        using var folder = new TemporaryFolder();
        bool once = false;
        var options = Tiny with
        {
            NonFinite = NonFiniteAction.RollBack,
            Checkpoints = new CheckpointOptions { Directory = folder.File("run"), Every = 10 },
            Ema = [new EmaOptions()],
        };
        var trainer = new DiffusionTrainer(_denoiser, NewScheduler(), options)
        {
            BeforeStep = state =>
            {
                if (state.Step == 29 && !once)
                {
                    once = true;
                    state.Ema[0].Averages["layers.0.bias"].fill_(float.PositiveInfinity);
                }
            },
        };
        using TrainingResult result = trainer.Run(Data);
        Assert.Equal((1, 30L), (result.RollBacks, result.Steps));
        Assert.True(File.Exists(folder.File("run/checkpoint-00000030.safetensors")));
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
        var trainer = new DiffusionTrainer(
            _denoiser, NewScheduler(), Tiny with { Ema = [new EmaOptions()], NonFinite = action })
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
            Assert.Contains("an average of the weights is not a finite",
                Assert.Throws<TrainingDivergedException>(() => trainer.Run(Data)).Message);
            return;
        }
        using TrainingResult result = trainer.Run(Data);
        Assert.Equal((1, 30L), (result.RollBacks, result.Steps));
        Assert.True(result.Ema[0].IsFinite());
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
            return !fails ? output
                : _how.GradientOnly ? output.add(output.sub(output.detach()).abs().sqrt())
                : output.mul(float.NaN);
        }
    }
}
