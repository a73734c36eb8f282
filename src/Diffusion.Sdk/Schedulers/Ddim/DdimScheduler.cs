using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Schedulers;

/// <summary>
/// Denoising diffusion implicit models, Song et al. 2021 (arXiv:2010.02502), eq. 12, as in diffusers' DDIMScheduler:
/// the same samples in far fewer steps than <see cref="DdpmScheduler"/>, deterministic unless <see cref="Eta"/> says
/// otherwise, of first order in the step size.
/// </summary>
/// <remarks>
/// <see cref="SchedulerCompatibility.Corrected"/> differs from diffusers 0.27.2 in that a step leads to the next
/// timestep of the schedule (not by a fixed stride), the last step adds no noise whatever its timestep, and trailing
/// and leading schedules stay in [0, T). In both, eta = 1 loses no digits where alpha_bar is almost 0.
/// </remarks>
public sealed class DdimScheduler : ChainScheduler
{
    /// <summary>Builds the tables of a configuration.</summary>
    /// <param name="config">The configuration; null for the defaults.</param>
    /// <param name="compatibility">Whether known faults of diffusers are corrected or repeated.</param>
    /// <exception cref="ArgumentException">A value of the config is out of its range.</exception>
    public DdimScheduler(
        DdimSchedulerConfig? config = null, SchedulerCompatibility compatibility = SchedulerCompatibility.Corrected)
        : base(config ?? new DdimSchedulerConfig(), compatibility)
    {
        Config = config ?? new DdimSchedulerConfig();
        FinalAlphaCumprod = Config.SetAlphaToOne ? 1 : AlphasCumprod[0];
    }

    /// <inheritdoc/>
    public override DdimSchedulerConfig Config { get; }

    /// <summary>
    /// How much noise steps add, in [0, 1]: 0 none, 1 as much as DDPM. A choice of the run, not of the model, so never
    /// part of a config file; diffusers takes it as an argument of every step.
    /// </summary>
    /// <value>0.</value>
    /// <exception cref="ArgumentOutOfRangeException">The number is not in [0, 1].</exception>
    public double Eta
    {
        get;
        init
        {
            SchedulerConfigRules.Require(value is >= 0 and <= 1, nameof(Eta), value, "a number in [0, 1]");
            field = value;
        }
    }

    /// <summary>
    /// Whether the predicted noise is derived again from an x_0 that was clipped, so that both fit the sample. GLIDE
    /// does it (Nichol et al. 2021, arXiv:2112.10741). A choice of the run, as <see cref="Eta"/>.
    /// </summary>
    /// <value>false.</value>
    public bool UseClippedModelOutput { get; init; }

    /// <summary>alpha_bar of what the last step leads to.</summary>
    /// <value>1, or with <see cref="DdimSchedulerConfig.SetAlphaToOne"/> off that of timestep 0.</value>
    public double FinalAlphaCumprod { get; }

    private protected override string OutputRule => "as DDIM learns no variance";

    /// <summary>Where the coefficients of a step come from; tests put wrong ones here to show that they are
    /// noticed.</summary>
    internal DdimCoefficientRule Rule { get; init; } = DdimCoefficients.At;

    /// <summary>A DDIM scheduler with the configuration of any scheduler; what DDIM has no use for is kept in the
    /// config.</summary>
    /// <param name="config">The other configuration.</param>
    /// <param name="compatibility">Whether known faults of diffusers are corrected or repeated.</param>
    /// <exception cref="ArgumentException">A value of the config is out of its range.</exception>
    public static DdimScheduler FromConfig(
        SchedulerConfig config, SchedulerCompatibility compatibility = SchedulerCompatibility.Corrected)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new DdimScheduler(
            config as DdimSchedulerConfig ?? DdimSchedulerConfig.Read(config.ToConfig(), null), compatibility);
    }

    /// <summary>Loads a scheduler_config.json that any diffusers scheduler saved, as a DDIM scheduler.</summary>
    /// <param name="folder">The folder that holds scheduler_config.json.</param>
    /// <param name="compatibility">Whether known faults of diffusers are corrected or repeated.</param>
    /// <param name="logger">Is told about unknown keys, which are kept.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is not a valid config.</exception>
    public static new DdimScheduler FromPretrained(
        string folder, SchedulerCompatibility compatibility = SchedulerCompatibility.Corrected,
        ILogger? logger = null) =>
        new(DdimSchedulerConfig.Read(SchedulerFiles.Read(folder), logger), compatibility);

    /// <summary>
    /// Whether <see cref="Step"/> uses noise: where <see cref="Eta"/> is above 0, on every step but the last.
    /// diffusers: on the last one too.
    /// </summary>
    /// <param name="timestep">One of <see cref="Scheduler.Timesteps"/>.</param>
    /// <exception cref="ArgumentException">The timestep is not in the schedule.</exception>
    public override bool NeedsNoise(long timestep) =>
        Eta > 0 && (Compatibility == SchedulerCompatibility.Diffusers || PreviousTimestep(timestep) >= 0);

    /// <inheritdoc/>
    public override SchedulerOutput Step(Tensor modelOutput, long timestep, Tensor sample, Tensor? noise = null)
    {
        bool noisy = Check(modelOutput, timestep, sample, noise);
        CheckFinite(modelOutput, timestep);
        return DdimUpdate.Step(
            CoefficientsAt(timestep), Limit, UseClippedModelOutput, modelOutput, sample, noisy ? noise : null);
    }

    /// <inheritdoc/>
    public override Scheduler Fresh() => Fresh(Eta, UseClippedModelOutput);

    /// <summary>As the other overload, with other choices for the run.</summary>
    internal DdimScheduler Fresh(double eta, bool useClippedModelOutput) =>
        new(Config, Compatibility) { Eta = eta, UseClippedModelOutput = useClippedModelOutput, Rule = Rule };

    private protected override StepLine? LineAt(long timestep) => Limit.IsNone
        ? DdimUpdate.LineOf(CoefficientsAt(timestep), NeedsNoise(timestep))
        : null;

    /// <summary>The coefficients of the step from a timestep.</summary>
    internal DdimCoefficients CoefficientsAt(long timestep)
    {
        long previous = PreviousTimestep(timestep);
        int row = RowOf(timestep);
        RequireSignal(timestep, row);
        double from = AlphasCumprod[row];
        double to = previous >= 0 ? AlphasCumprod[(int)previous] : FinalAlphaCumprod;
        return Rule(from, to, PredictionCoefficients.At(from, PredictionType), NeedsNoise(timestep) ? Eta : 0);
    }
}
