using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Schedulers;

/// <summary>
/// DDIM backwards in time, from data to the noise from which <see cref="DdimScheduler"/> makes them again, as in
/// diffusers' DDIMInverseScheduler. Song et al. 2021 (arXiv:2010.02502), section 4.3; Dhariwal and Nichol 2021
/// (arXiv:2105.05233), appendix F. The error of the way there and back falls with the number of steps.
/// </summary>
/// <remarks>
/// <para>Its timesteps go up. The step at a timestep leads to it, from the one before in the schedule; the denoiser is
/// asked at the timestep that the step leads to.</para>
/// <para><see cref="SchedulerCompatibility.Corrected"/> differs from diffusers 0.27.2 in that a step comes from the
/// timestep before it in the schedule (not by a fixed stride), schedules stay in [0, T), linspace is there too, and the
/// output is read at the timestep that the denoiser was asked at. diffusers reads it at the sample's noise level: for a
/// clean sample and <see cref="PredictionType.Sample"/> that is a division by 0.</para>
/// </remarks>
public sealed class DdimInverseScheduler : ChainScheduler
{
    /// <summary>Builds the tables of a configuration.</summary>
    /// <param name="config">The configuration; null for the defaults.</param>
    /// <param name="compatibility">Whether known faults of diffusers are corrected or repeated.</param>
    /// <exception cref="ArgumentException">A value of the config is out of its range.</exception>
    public DdimInverseScheduler(
        DdimInverseSchedulerConfig? config = null,
        SchedulerCompatibility compatibility = SchedulerCompatibility.Corrected)
        : base(config ?? new DdimInverseSchedulerConfig(), compatibility)
    {
        Config = config ?? new DdimInverseSchedulerConfig();
        InitialAlphaCumprod = Config.SetAlphaToOne ? 1 : AlphasCumprod[0];
        UseTimesteps([.. Timesteps.Reverse()], null);
    }

    /// <inheritdoc/>
    public override DdimInverseSchedulerConfig Config { get; }

    /// <summary>alpha_bar of what the first step comes from.</summary>
    /// <value>1, or with <see cref="DdimInverseSchedulerConfig.SetAlphaToOne"/> off that of timestep 0.</value>
    public double InitialAlphaCumprod { get; }

    private protected override string OutputRule => "as DDIM learns no variance";

    private protected override int TowardsClean => -1;

    /// <summary>Where the coefficients of a step come from; tests put wrong ones here to show that they are
    /// noticed.</summary>
    internal DdimCoefficientRule Rule { get; init; } = DdimCoefficients.At;

    /// <summary>The inverse of a scheduler; what it has no use for is kept in the config.</summary>
    /// <param name="config">The other configuration.</param>
    /// <param name="compatibility">Whether known faults of diffusers are corrected or repeated.</param>
    /// <exception cref="ArgumentException">A value of the config is out of its range.</exception>
    public static DdimInverseScheduler FromConfig(
        SchedulerConfig config, SchedulerCompatibility compatibility = SchedulerCompatibility.Corrected)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new DdimInverseScheduler(
            config as DdimInverseSchedulerConfig ?? DdimInverseSchedulerConfig.Read(config.ToConfig(), null),
            compatibility);
    }

    /// <summary>Loads a scheduler_config.json that any diffusers scheduler saved, as an inverse DDIM
    /// scheduler.</summary>
    /// <param name="folder">The folder that holds scheduler_config.json.</param>
    /// <param name="compatibility">Whether known faults of diffusers are corrected or repeated.</param>
    /// <param name="logger">Is told about unknown keys, which are kept.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is not a valid config.</exception>
    public static new DdimInverseScheduler FromPretrained(
        string folder, SchedulerCompatibility compatibility = SchedulerCompatibility.Corrected,
        ILogger? logger = null) =>
        new(DdimInverseSchedulerConfig.Read(SchedulerFiles.Read(folder), logger), compatibility);

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">diffusers has no linspace here.</exception>
    public override void SetTimesteps(int numInferenceSteps)
    {
        if (Compatibility == SchedulerCompatibility.Diffusers && Config.TimestepSpacing == TimestepSpacing.Linspace)
        {
            throw new NotSupportedException(
                $"TimestepSpacing is Linspace; expected Leading or Trailing, since diffusers 0.27.2 has no other " +
                $"for {Config.ClassName}; {nameof(SchedulerCompatibility.Corrected)} has.");
        }
        base.SetTimesteps(numInferenceSteps);
        UseTimesteps([.. Timesteps.Reverse()], numInferenceSteps);
    }

    /// <summary>Never: the way up is deterministic.</summary>
    /// <param name="timestep">One of <see cref="Scheduler.Timesteps"/>.</param>
    public override bool NeedsNoise(long timestep) => false;

    /// <summary>Leads up to a timestep of the schedule, from the one before.</summary>
    /// <param name="modelOutput">The denoiser's output for the sample at <paramref name="timestep"/>, of the sample's
    /// shape.</param>
    /// <param name="timestep">Where the step leads to, one of <see cref="Scheduler.Timesteps"/>.</param>
    /// <param name="sample">The sample at the timestep before, or the clean one, float [N, ...].</param>
    /// <param name="noise">Not looked at.</param>
    /// <returns>The noisier sample and the predicted x_0; the caller disposes them.</returns>
    /// <exception cref="ArgumentException">
    /// A shape does not fit, a value is not finite, or the timestep is not in the schedule.
    /// </exception>
    public override SchedulerOutput Step(Tensor modelOutput, long timestep, Tensor sample, Tensor? noise = null)
    {
        Check(modelOutput, timestep, sample, null);
        CheckFinite(modelOutput, timestep);
        return DdimUpdate.Step(CoefficientsAt(timestep), Limit, clipsOutput: false, modelOutput, sample, noise: null);
    }

    /// <inheritdoc/>
    public override Scheduler Fresh() => new DdimInverseScheduler(Config, Compatibility) { Rule = Rule };

    private protected override StepLine? LineAt(long timestep) =>
        Limit.IsNone ? DdimUpdate.LineOf(CoefficientsAt(timestep), noisy: false) : null;

    /// <summary>The coefficients of the step to a timestep.</summary>
    internal DdimCoefficients CoefficientsAt(long timestep)
    {
        long previous = PreviousTimestep(timestep);
        double from = previous >= 0 ? AlphasCumprod[(int)previous] : InitialAlphaCumprod;
        double to = AlphasCumprod[RowOf(timestep)];
        return Rule(from, to, ReadOutput(from, to), 0);
    }

    /// <summary>How x_0 and epsilon follow from the output.</summary>
    private PredictionCoefficients ReadOutput(double from, double to)
    {
        if (Compatibility == SchedulerCompatibility.Diffusers)
        {
            return PredictionCoefficients.At(from, PredictionType);
        }
        // epsilon as the denoiser meant it, and the x_0 that leaves it in the sample.
        PredictionCoefficients asked = PredictionCoefficients.At(to, PredictionType);
        PredictionCoefficients rest = PredictionCoefficients.At(from, PredictionType.Epsilon);
        return asked with
        {
            SampleToOriginal = rest.SampleToOriginal + rest.OutputToOriginal * asked.SampleToNoise,
            OutputToOriginal = rest.OutputToOriginal * asked.OutputToNoise,
        };
    }
}
