using Microsoft.Extensions.Logging;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Schedulers;

/// <summary>
/// Ancestral sampling of Ho et al. 2020 (arXiv:2006.11239), algorithm 2, as in diffusers' DDPMScheduler: of first order
/// in the step size. <see cref="SchedulerCompatibility.Corrected"/> differs from diffusers 0.27.2 in that a step leads
/// to the next timestep of the schedule (not by a fixed stride), the last step adds no noise whatever its timestep,
/// trailing and leading schedules stay in [0, T), and <see cref="VarianceType.FixedLargeLog"/> gives numbers.
/// Shapes: N batch, C channels, T training timesteps.
/// </summary>
public sealed class DdpmScheduler : ChainScheduler
{
    private bool _customTimesteps;

    /// <summary>Builds the tables of a configuration.</summary>
    /// <param name="config">The configuration; null for the defaults.</param>
    /// <param name="compatibility">Whether known faults of diffusers are corrected or repeated.</param>
    /// <exception cref="ArgumentException">A value of the config is out of its range.</exception>
    public DdpmScheduler(
        DdpmSchedulerConfig? config = null, SchedulerCompatibility compatibility = SchedulerCompatibility.Corrected)
        : base(config ?? new DdpmSchedulerConfig(), compatibility)
    {
        Config = config ?? new DdpmSchedulerConfig();
        OutputRule = LearnsVariance
            ? $"the second half for the variance ({Config.VarianceType})"
            : $"as the variance is fixed ({Config.VarianceType})";
    }

    /// <inheritdoc/>
    public override DdpmSchedulerConfig Config { get; }

    /// <summary>Whether the denoiser's output has twice the channels, the second half for the variance.</summary>
    public bool LearnsVariance => Config.VarianceType is VarianceType.Learned or VarianceType.LearnedRange;

    private protected override bool DoublesChannels => LearnsVariance;

    private protected override string OutputRule { get; }

    private protected override bool HasFixedStride => base.HasFixedStride && !_customTimesteps;

    /// <summary>Where the coefficients of a step come from; tests put wrong ones here to show that they are
    /// noticed.</summary>
    internal DdpmCoefficientRule Rule { get; init; } = DdpmCoefficients.At;

    /// <summary>A DDPM scheduler with the configuration of any scheduler; what DDPM has no use for is kept in the
    /// config.</summary>
    /// <param name="config">The other configuration.</param>
    /// <param name="compatibility">Whether known faults of diffusers are corrected or repeated.</param>
    /// <exception cref="ArgumentException">A value of the config is out of its range.</exception>
    public static DdpmScheduler FromConfig(
        SchedulerConfig config, SchedulerCompatibility compatibility = SchedulerCompatibility.Corrected)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new DdpmScheduler(
            config as DdpmSchedulerConfig ?? DdpmSchedulerConfig.Read(config.ToConfig(), null), compatibility);
    }

    /// <summary>Loads a scheduler_config.json that any diffusers scheduler saved, as a DDPM scheduler.</summary>
    /// <param name="folder">The folder that holds scheduler_config.json.</param>
    /// <param name="compatibility">Whether known faults of diffusers are corrected or repeated.</param>
    /// <param name="logger">Is told about unknown keys, which are kept.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is not a valid config.</exception>
    public static new DdpmScheduler FromPretrained(
        string folder, SchedulerCompatibility compatibility = SchedulerCompatibility.Corrected,
        ILogger? logger = null) =>
        new(DdpmSchedulerConfig.Read(SchedulerFiles.Read(folder), logger), compatibility);

    /// <inheritdoc/>
    public override void SetTimesteps(int numInferenceSteps)
    {
        base.SetTimesteps(numInferenceSteps);
        _customTimesteps = false;
    }

    /// <summary>Uses the given timesteps; each step leads to the next of them, the last one to the clean
    /// sample.</summary>
    /// <param name="timesteps">Strictly descending, each in [0, T); copied in.</param>
    /// <exception cref="ArgumentException">The list is empty, not strictly descending, or has a timestep out of
    /// range.</exception>
    public void SetTimesteps(IReadOnlyList<long> timesteps)
    {
        ArgumentNullException.ThrowIfNull(timesteps);
        SchedulerConfigRules.Require(timesteps.Count > 0, nameof(timesteps), "an empty list", "at least one timestep");
        for (int i = 0; i < timesteps.Count; i++)
        {
            long limit = i == 0 ? NumTrainTimesteps : timesteps[i - 1];
            SchedulerConfigRules.Require(
                timesteps[i] >= 0 && timesteps[i] < limit, $"{nameof(timesteps)}[{i}]", timesteps[i],
                $"an index in [0, {limit}), since timesteps descend from below T = {NumTrainTimesteps}");
        }
        UseTimesteps([.. timesteps], null);
        _customTimesteps = true;
    }

    /// <summary>Whether <see cref="Step"/> uses noise: on every step but the last. diffusers: at every timestep above
    /// 0.</summary>
    /// <param name="timestep">One of <see cref="Scheduler.Timesteps"/>.</param>
    /// <exception cref="ArgumentException">The timestep is not in the schedule.</exception>
    public override bool NeedsNoise(long timestep) =>
        Compatibility == SchedulerCompatibility.Diffusers ? timestep > 0 : PreviousTimestep(timestep) >= 0;

    /// <inheritdoc/>
    public override SchedulerOutput Step(Tensor modelOutput, long timestep, Tensor sample, Tensor? noise = null)
    {
        bool noisy = Check(modelOutput, timestep, sample, noise);
        CheckFinite(modelOutput, timestep);
        DdpmCoefficients c = CoefficientsAt(timestep);
        using var scope = NewDisposeScope();
        Tensor prediction = LearnsVariance ? modelOutput.narrow(1, 0, sample.shape[1]) : modelOutput;
        Tensor original = prediction.mul((Scalar)c.OutputToOriginal);
        if (PredictionType != PredictionType.Sample)
        {
            original.add_(sample, (Scalar)c.SampleToOriginal);
        }
        Limit.Apply(original);
        Tensor previous = original.mul((Scalar)c.OriginalToMean).add_(sample, (Scalar)c.SampleToMean);
        if (noisy)
        {
            AddStepNoise(previous, modelOutput, noise!, c);
        }
        return new SchedulerOutput(previous.MoveToOuterDisposeScope(), original.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public override Scheduler Fresh() => new DdpmScheduler(Config, Compatibility) { Rule = Rule };

    private protected override StepLine? LineAt(long timestep)
    {
        if (!Limit.IsNone || LearnsVariance)
        {
            return null;
        }
        // Nothing happens between x_0 and the mean, so both fold into one line in x_t and the output.
        DdpmCoefficients c = CoefficientsAt(timestep);
        return new StepLine(
            c.SampleToMean + c.OriginalToMean * c.SampleToOriginal, c.OriginalToMean * c.OutputToOriginal,
            NeedsNoise(timestep) ? FixedDeviation(c) : 0);
    }

    /// <summary>The coefficients of the step from a timestep.</summary>
    internal DdpmCoefficients CoefficientsAt(long timestep)
    {
        long previous = PreviousTimestep(timestep);
        int row = RowOf(timestep);
        RequireSignal(timestep, row);
        return Rule(AlphasCumprod, row, previous, PredictionType);
    }

    private void AddStepNoise(Tensor mean, Tensor modelOutput, Tensor noise, DdpmCoefficients c)
    {
        if (!LearnsVariance)
        {
            mean.add_(noise, (Scalar)FixedDeviation(c));
            return;
        }
        long channels = mean.shape[1];
        Tensor deviation = LearnedDeviation(modelOutput.narrow(1, channels, channels), c);
        mean.addcmul_(deviation, noise, 1);
    }

    /// <summary>sigma_t; diffusers takes the root of a logarithm below 0 for fixed_large_log, which is NaN.</summary>
    private double FixedDeviation(DdpmCoefficients c) =>
        Compatibility == SchedulerCompatibility.Diffusers && Config.VarianceType == VarianceType.FixedLargeLog
            ? Math.Sqrt(Math.Log(c.LargeVariance))
            : c.Deviation(Config.VarianceType);

    private Tensor LearnedDeviation(Tensor output, DdpmCoefficients c)
    {
        if (Config.VarianceType == VarianceType.LearnedRange)
        {
            // Nichol and Dhariwal 2021, eq. 15: log sigma^2 = f log beta + (1 - f) log beta~ with f = (v + 1) / 2.
            double small = Math.Log(c.SmallVariance), large = Math.Log(c.LargeVariance);
            return output.mul((Scalar)((large - small) / 4)).add_((Scalar)((large + small) / 4)).exp_();
        }
        // A network may well put out a variance below 0; diffusers makes NaN of it.
        return Compatibility == SchedulerCompatibility.Diffusers ? output.sqrt() : output.clamp((Scalar)0.0).sqrt_();
    }
}
