using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Training;

/// <summary>How a <see cref="DiffusionTrainer"/> trains. Immutable; change it by <c>with</c>.</summary>
public sealed record TrainingOptions
{
    /// <summary>
    /// The recipe of the tutorial on the mixture of three Gaussians: Adam at 1e-3, batches of 256 with replacement,
    /// 4,000 steps, the data as they are. These are the defaults.
    /// </summary>
    public static TrainingOptions Tutorial { get; } = new();

    /// <summary>
    /// What we recommend for points: standardised data, a cosine learning rate after a short warm-up, an average of the
    /// weights, and gradients kept in bounds. As many steps as the tutorial's.
    /// </summary>
    public static TrainingOptions Recommended { get; } = new()
    {
        Standardize = true,
        LearningRate = 2e-3,
        LearningRateSchedule = new LearningRateSchedule { Shape = LearningRateShape.Cosine, WarmupSteps = 100 },
        MaxGradientNorm = 1,
        Ema = [new EmaOptions { Decay = 0.995 }],
    };

    /// <summary>
    /// The usual recipe for small images in [-1, 1]: AdamW at 2e-4, batches of 64 out of shuffled epochs, gradients
    /// kept in bounds, an average of the weights; twenty epochs of 60,000 images. Its scheduler is the default one,
    /// linear with T = 1,000. Ho et al. 2020 (arXiv:2006.11239), appendix B, with diffusers' optimizer.
    /// </summary>
    public static TrainingOptions Images { get; } = new()
    {
        Steps = 18_750,
        BatchSize = 64,
        BatchOrder = BatchOrder.ShuffledEpochs,
        Optimizer = OptimizerKind.AdamW,
        LearningRate = 2e-4,
        WeightDecay = 0.01,
        MaxGradientNorm = 1,
        Ema = [new EmaOptions()],
    };

    /// <summary>Optimizer steps, at least 1.</summary>
    /// <value>4000.</value>
    public long Steps { get; init; } = 4000;

    /// <summary>
    /// How long a run may take, more than zero; it ends after the step in which the time is up as it does after the
    /// last one. <see cref="DiffusionTrainer.Resume"/> goes on from there. A learning rate that decays does so by
    /// <see cref="Steps"/>.
    /// </summary>
    /// <value>null: as long as it takes.</value>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Samples of a batch, at least 1.</summary>
    /// <value>256.</value>
    public int BatchSize { get; init; } = 256;

    /// <summary>How batches are picked.</summary>
    /// <value><see cref="BatchOrder.WithReplacement"/>.</value>
    public BatchOrder BatchOrder { get; init; } = BatchOrder.WithReplacement;

    /// <summary>
    /// Whether half of the images of a batch, drawn anew each time, are turned left to right: more data where a mirror
    /// image is as good, as with clothes but not with digits.
    /// </summary>
    /// <value>false.</value>
    public bool HorizontalFlips { get; init; }

    /// <summary>
    /// The probability, in [0, 1), that a sample is shown without its class, so that the denoiser learns the
    /// unconditional distribution too: what classifier-free guidance needs. Ho and Salimans 2022 (arXiv:2207.12598),
    /// algorithm 1; 0.1 to 0.2 is usual. "No class" is the label after the last of the data, so the denoiser needs one
    /// class more than the data have.
    /// </summary>
    /// <value>0.</value>
    public double LabelDropout { get; init; }

    /// <summary>The seed of batches, timesteps, noise, flips and dropped labels; any value.</summary>
    /// <value>0.</value>
    public long Seed { get; init; }

    /// <summary>The optimizer.</summary>
    /// <value><see cref="OptimizerKind.Adam"/>.</value>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Adam;

    /// <summary>The base learning rate, finite and above 0.</summary>
    /// <value>0.001.</value>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>How the learning rate changes from step to step.</summary>
    /// <value>Constant.</value>
    public LearningRateSchedule LearningRateSchedule { get; init; } = new();

    /// <summary>Decay of the mean of the gradient, in [0, 1).</summary>
    /// <value>0.9.</value>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the mean of the squared gradient, in [0, 1).</summary>
    /// <value>0.999.</value>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the mean square, finite and above 0.</summary>
    /// <value>1e-8.</value>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Pull of the weights towards 0, finite and at least 0; what it acts on is the optimizer's.</summary>
    /// <value>0.</value>
    public double WeightDecay { get; init; }

    /// <summary>
    /// The largest norm of the gradient of all weights together, above 0; longer ones are scaled down to it.
    /// </summary>
    /// <value>null: gradients stay as they are.</value>
    public double? MaxGradientNorm { get; init; }

    /// <summary>
    /// gamma of the min-SNR loss weights, above 0; see <see cref="LossWeights.MinSnr"/>. The paper recommends 5.
    /// </summary>
    /// <value>null: all timesteps weigh the same.</value>
    public double? MinSnrGamma { get; init; }

    /// <summary>
    /// A loss in place of the squared error of the scheduler's prediction: a function of the batch that calls the
    /// denoiser and returns a scalar with gradients. It is called on the training's thread. Not with another
    /// <see cref="Precision"/> than <see cref="Precision.Full"/>.
    /// </summary>
    /// <value>
    /// null: the squared error of the noise, the sample or the velocity, and where the scheduler learns its variance
    /// the variational bound beside it (<see cref="VarianceBound"/>).
    /// </value>
    public Func<LossInput, Tensor>? Loss { get; init; }

    /// <summary>The averages of the weights to keep, each with its own decay. Copied in.</summary>
    /// <value>None.</value>
    public IReadOnlyList<EmaOptions> Ema
    {
        get;
        init => field = Array.AsReadOnly((value ?? throw new ArgumentNullException(nameof(value))).ToArray());
    } = [];

    /// <summary>
    /// Which weights the denoiser holds after the training. Where there are averages, samples from the first of them
    /// are better than from the optimizer's weights, which stay in the last checkpoint.
    /// </summary>
    /// <value><see cref="WeightsKind.Ema"/>; without averages there are only online weights.</value>
    public WeightsKind FinalWeights { get; init; } = WeightsKind.Ema;

    /// <summary>
    /// Whether the data are shifted and scaled to mean 0 and deviation 1 per dimension (or channel). The pipeline
    /// undoes it, so samples come in the units of the data.
    /// </summary>
    /// <value>false.</value>
    public bool Standardize { get; init; }

    /// <summary>What to do about data that train badly, or that the scheduler would clip.</summary>
    /// <value><see cref="DataCheck.Error"/>.</value>
    public DataCheck DataCheck { get; init; } = DataCheck.Error;

    /// <summary>What to do when a number is no longer finite.</summary>
    /// <value><see cref="NonFiniteAction.Stop"/>.</value>
    public NonFiniteAction NonFinite { get; init; } = NonFiniteAction.Stop;

    /// <summary>
    /// How many threads libtorch's own loops use, at least 1. A resumed run uses the number its checkpoint says.
    /// </summary>
    /// <value>null: one for small denoisers of points, which more would slow down; else libtorch's own choice.</value>
    public int? Threads { get; init; }

    /// <summary>
    /// In which numbers the denoiser computes. A resumed run uses the precision its checkpoint says.
    /// </summary>
    /// <value><see cref="Precision.Full"/>.</value>
    public Precision Precision { get; init; } = Precision.Full;

    /// <summary>Steps between two reports of progress, at least 1.</summary>
    /// <value>50.</value>
    public long ReportEvery { get; init; } = 50;

    /// <summary>Where and when to save.</summary>
    /// <value>null: nowhere.</value>
    public CheckpointOptions? Checkpoints { get; init; }

    /// <summary>When to look at what the training can do so far.</summary>
    /// <value>null: never.</value>
    public PreviewOptions? Previews { get; init; }

    /// <summary>Checks every range and the rules between values.</summary>
    /// <exception cref="ArgumentException">
    /// A value is out of its range; the message names it, the value and what is expected.
    /// </exception>
    public void Validate()
    {
        SchedulerConfigRules.Require(Steps >= 1, nameof(Steps), Steps, "an integer of at least 1");
        SchedulerConfigRules.Require(
            TimeLimit is null || TimeLimit > TimeSpan.Zero, nameof(TimeLimit), TimeLimit, "null or a time above 0");
        SchedulerConfigRules.AtLeast(BatchSize, 1, nameof(BatchSize));
        SchedulerConfigRules.Require(ReportEvery >= 1, nameof(ReportEvery), ReportEvery, "an integer of at least 1");
        SchedulerConfigRules.Require(
            Threads is null or >= 1, nameof(Threads), Threads, "null or an integer of at least 1");
        SchedulerConfigRules.Require(
            LabelDropout is >= 0 and < 1, nameof(LabelDropout), LabelDropout, "a number in [0, 1)");
        SchedulerConfigRules.Defined(BatchOrder);
        SchedulerConfigRules.Defined(Optimizer);
        SchedulerConfigRules.Defined(FinalWeights);
        SchedulerConfigRules.Defined(DataCheck);
        SchedulerConfigRules.Defined(NonFinite);
        SchedulerConfigRules.Defined(Precision);
        SchedulerConfigRules.Require(
            Loss is null || (Precision == Precision.Full && MinSnrGamma is null), nameof(Loss), "given",
            "null, or Precision.Full and no MinSnrGamma");
        ValidateOptimizer();
        Array.ForEach([.. Ema], average => average.Validate());
        Checkpoints?.Validate();
        Previews?.Validate();
    }

    private void ValidateOptimizer()
    {
        Positive(LearningRate, nameof(LearningRate));
        Positive(Epsilon, nameof(Epsilon));
        Positive(MaxGradientNorm, nameof(MaxGradientNorm));
        Positive(MinSnrGamma, nameof(MinSnrGamma));
        SchedulerConfigRules.Require(Beta1 is >= 0 and < 1, nameof(Beta1), Beta1, "a number in [0, 1)");
        SchedulerConfigRules.Require(Beta2 is >= 0 and < 1, nameof(Beta2), Beta2, "a number in [0, 1)");
        SchedulerConfigRules.Require(
            WeightDecay is >= 0 and < double.PositiveInfinity,
            nameof(WeightDecay), WeightDecay, "a finite number of at least 0");
        ArgumentNullException.ThrowIfNull(LearningRateSchedule);
        LearningRateSchedule.Validate();
        SchedulerConfigRules.Require(
            LearningRateSchedule.Shape != LearningRateShape.Polynomial || LearningRate > LearningRateSchedule.EndRate,
            nameof(LearningRate), LearningRate,
            $"a number above the schedule's EndRate = {LearningRateSchedule.EndRate}");
    }

    private static void Positive(double? value, string name) => SchedulerConfigRules.Require(
        value is null or (> 0 and < double.PositiveInfinity), name, value, "a finite number above 0");
}
