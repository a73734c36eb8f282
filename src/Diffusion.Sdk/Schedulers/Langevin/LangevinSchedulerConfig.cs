using Diffusion.Sdk.Files;
using Microsoft.Extensions.Logging;

namespace Diffusion.Sdk.Schedulers;

/// <summary>Configuration of <see cref="LangevinScheduler"/>, which diffusers does not have.</summary>
public sealed record LangevinSchedulerConfig : SchedulerConfig
{
    internal const string Name = nameof(LangevinScheduler);

    /// <summary>The step size over the variance of the noise, 1 - alpha_bar, in (0, 2).</summary>
    /// <value>0.1.</value>
    public double StepSize { get; init; } = 0.1;

    /// <summary>How many steps are made at each noise level, at least 1.</summary>
    /// <value>10.</value>
    public int StepsPerLevel { get; init; } = 10;

    /// <summary>The only noise level, a timestep in [0, T): plain Langevin dynamics.</summary>
    /// <value>null: all levels of the schedule, from the noisiest down: annealed.</value>
    public int? Level { get; init; }

    /// <inheritdoc/>
    public override string ClassName => Name;

    /// <inheritdoc/>
    public override Scheduler CreateScheduler(
        SchedulerCompatibility compatibility = SchedulerCompatibility.Corrected) =>
        new LangevinScheduler(this, compatibility);

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        SchedulerConfigRules.Require(StepSize is > 0 and < 2, nameof(StepSize), StepSize, "a number in (0, 2)");
        SchedulerConfigRules.AtLeast(StepsPerLevel, 1, nameof(StepsPerLevel));
        SchedulerConfigRules.Require(
            Level is null || (Level >= 0 && Level < NumTrainTimesteps), nameof(Level), Level,
            $"null or an index in [0, {NumTrainTimesteps})");
    }

    internal static new LangevinSchedulerConfig Read(JsonConfig json, ILogger? logger) =>
        Read(new LangevinSchedulerConfig(), json, logger);

    private protected override SchedulerConfig With(JsonConfig json) => (LangevinSchedulerConfig)base.With(json) with
    {
        StepSize = json.GetDouble("step_size", StepSize),
        StepsPerLevel = json.GetInt32("steps_per_level", StepsPerLevel),
        Level = json.IsNull("level") ? null : json.GetInt32("level", 0),
    };

    private protected override void Write(JsonConfig json)
    {
        base.Write(json);
        json.Set("level", Level);
        json.Set("step_size", StepSize);
        json.Set("steps_per_level", StepsPerLevel);
    }
}
