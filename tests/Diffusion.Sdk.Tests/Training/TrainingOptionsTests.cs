using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Training;

namespace Diffusion.Sdk.Tests.Training;

public sealed class TrainingOptionsTests
{
    private const string Positive = "expected a finite number above 0.";

    public static TheoryData<TrainingOptions, string> Wrong => new()
    {
        { new() { Steps = 0 }, "Steps is 0; expected an integer of at least 1." },
        { new() { BatchSize = 0 }, "BatchSize is 0; expected an integer of at least 1." },
        { new() { ReportEvery = 0 }, "ReportEvery is 0; expected an integer of at least 1." },
        { new() { Threads = 0 }, "Threads is 0; expected null or an integer of at least 1." },
        { new() { TimeLimit = TimeSpan.Zero }, "TimeLimit is 00:00:00; expected null or a time above 0." },
        { new() { Previews = new PreviewOptions { Every = 0, Show = _ => { } } },
            "Every is 0; expected an integer of at least 1." },
        { new() { LearningRate = 0 }, $"LearningRate is 0; {Positive}" },
        { new() { LearningRate = double.NaN }, $"LearningRate is NaN; {Positive}" },
        { new() { Epsilon = -1 }, $"Epsilon is -1; {Positive}" },
        { new() { MaxGradientNorm = 0 }, $"MaxGradientNorm is 0; {Positive}" },
        { new() { MinSnrGamma = double.PositiveInfinity }, $"MinSnrGamma is Infinity; {Positive}" },
        { new() { Beta1 = 1 }, "Beta1 is 1; expected a number in [0, 1)." },
        { new() { Beta2 = -0.1 }, "Beta2 is -0.1; expected a number in [0, 1)." },
        { new() { WeightDecay = -1 }, "WeightDecay is -1; expected a finite number of at least 0." },
        { new() { Optimizer = (OptimizerKind)9 }, "Optimizer is 9; expected one of Adam, AdamW." },
        { new() { BatchOrder = (BatchOrder)9 }, "BatchOrder is 9; expected one of WithReplacement, ShuffledEpochs." },
        { new() { NonFinite = (NonFiniteAction)9 }, "NonFinite is 9; expected one of Stop, RollBack." },
        { new() { DataCheck = (DataCheck)9 }, "DataCheck is 9; expected one of Error, Warn, Off." },
        { new() { FinalWeights = (WeightsKind)9 }, "FinalWeights is 9; expected one of Online, Ema." },
        { new() { Ema = [new EmaOptions { Decay = 2 }] }, "Decay is 2; expected a number in [0, 1]." },
        { new() { LearningRateSchedule = new LearningRateSchedule { WarmupSteps = -1 } },
            "WarmupSteps is -1; expected an integer of at least 0." },
        {
            new() { LearningRate = 1e-8,
                LearningRateSchedule = new LearningRateSchedule { Shape = LearningRateShape.Polynomial } },
            "LearningRate is 1E-08; expected a number above the schedule's EndRate = 1E-07."
        },
        { new() { Checkpoints = new CheckpointOptions { Directory = " " } },
            "Directory is \" \"; expected the path of a folder." },
        { new() { Checkpoints = new CheckpointOptions { Directory = "x", Every = 0 } },
            "Every is 0; expected an integer of at least 1." },
        { new() { Checkpoints = new CheckpointOptions { Directory = "x", Keep = 0 } },
            "Keep is 0; expected an integer of at least 1." },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Validate_OutOfRange_SaysNameValueAndExpectation(TrainingOptions options, string expected) =>
        Assert.StartsWith(expected, Assert.ThrowsAny<ArgumentException>(options.Validate).Message);

    [Fact]
    public void Constructor_OfTheTrainer_Validates()
    {
        using var denoiser = new MlpDenoiser();
        Assert.ThrowsAny<ArgumentException>(() =>
            new DiffusionTrainer(
                denoiser, new DdpmScheduler(new DdpmSchedulerConfig()), new TrainingOptions { Steps = 0 }));
    }

    [Fact]
    public void Presets_AreValid()
    {
        TrainingOptions.Tutorial.Validate();
        TrainingOptions.Recommended.Validate();
        TrainingOptions.Images.Validate();
        Assert.Equal((64, OptimizerKind.AdamW, 2e-4),
            (TrainingOptions.Images.BatchSize, TrainingOptions.Images.Optimizer, TrainingOptions.Images.LearningRate));
        Assert.Equal((4000L, 256, 1e-3),
            (TrainingOptions.Tutorial.Steps, TrainingOptions.Tutorial.BatchSize,
                TrainingOptions.Tutorial.LearningRate));
    }

    [Fact]
    public void Ema_ListChangedAfterwards_IsNot()
    {
        var list = new List<EmaOptions> { new() };
        var options = new TrainingOptions { Ema = list };
        list.Clear();
        Assert.Single(options.Ema);
    }
}
