using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Schedulers;

/// <summary>
/// Langevin dynamics along the score of a denoiser: x + a / 2 s(x) + sqrt(a) noise, again and again at one noise level,
/// or annealed: from the noisiest level down, a in proportion to the variance of the level's noise. Song and Ermon 2019
/// (arXiv:1907.05600), algorithm 1, for samples that are scaled by sqrt(alpha_bar). diffusers does not have it.
/// </summary>
public sealed class LangevinScheduler : Scheduler
{
    /// <summary>Builds the tables of a configuration.</summary>
    /// <param name="config">The configuration; null for the defaults.</param>
    /// <param name="compatibility">Makes no difference here.</param>
    /// <exception cref="ArgumentException">A value of the config is out of its range.</exception>
    public LangevinScheduler(
        LangevinSchedulerConfig? config = null,
        SchedulerCompatibility compatibility = SchedulerCompatibility.Corrected)
        : base(config ?? new LangevinSchedulerConfig(), compatibility) =>
        Config = config ?? new LangevinSchedulerConfig();

    /// <inheritdoc/>
    public override LangevinSchedulerConfig Config { get; }

    /// <summary>Picks the noise levels; each is in <see cref="Scheduler.Timesteps"/> once for each of its
    /// steps.</summary>
    /// <param name="numInferenceSteps">How many levels, in [1, T]; of no effect where there is only one.</param>
    /// <exception cref="ArgumentOutOfRangeException">More levels than training timesteps, or fewer than
    /// one.</exception>
    public override void SetTimesteps(int numInferenceSteps)
    {
        base.SetTimesteps(numInferenceSteps);
        IEnumerable<long> levels = Config.Level is { } level ? [level] : Timesteps;
        UseTimesteps(
            [.. levels.SelectMany(timestep => Enumerable.Repeat(timestep, Config.StepsPerLevel))], numInferenceSteps);
    }

    /// <summary>Every step adds noise.</summary>
    /// <param name="timestep">One of <see cref="Scheduler.Timesteps"/>.</param>
    public override bool NeedsNoise(long timestep) => true;

    /// <inheritdoc/>
    public override SchedulerOutput Step(Tensor modelOutput, long timestep, Tensor sample, Tensor? noise = null)
    {
        ArgumentNullException.ThrowIfNull(modelOutput);
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(noise);
        StepShapes.Check(modelOutput, sample, noise, doubled: false, "the score's");
        using var scope = NewDisposeScope();
        double alphaBar = AlphasCumprod[ForwardProcess.CheckTimestep(timestep, NumTrainTimesteps)];
        PredictionCoefficients read = PredictionCoefficients.At(alphaBar, PredictionType);
        double size = Config.StepSize * (1 - alphaBar);
        Tensor next = sample.add(GetScore(modelOutput, sample, [timestep]), (Scalar)(size / 2))
            .add_(noise, (Scalar)Math.Sqrt(size));
        Tensor original = sample.mul((Scalar)read.SampleToOriginal).add_(modelOutput, (Scalar)read.OutputToOriginal);
        return new SchedulerOutput(next.MoveToOuterDisposeScope(), original.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public override Scheduler Fresh() => new LangevinScheduler(Config, Compatibility);
}
