using Diffusion.Sdk.Files;
using Microsoft.Extensions.Logging;

namespace Diffusion.Sdk.Schedulers;

/// <summary>
/// What every scheduler's configuration shares: the noise schedule, the meaning of the denoiser's output and the
/// choice of timesteps. Immutable; change it by <c>with</c>. Reads and writes diffusers' scheduler_config.json.
/// </summary>
public abstract record SchedulerConfig
{
    /// <summary>Training timesteps T, at least 1; at least 2 with <see cref="RescaleBetasZeroSnr"/>.</summary>
    /// <value>1000.</value>
    public int NumTrainTimesteps { get; init; } = 1000;

    /// <summary>The first beta, in (0, 1), not above <see cref="BetaEnd"/>. The cosine schedule and given betas do not
    /// use it.</summary>
    /// <value>0.0001.</value>
    public double BetaStart { get; init; } = 0.0001;

    /// <summary>The last beta, in (0, 1). The cosine schedule and given betas do not use it.</summary>
    /// <value>0.02.</value>
    public double BetaEnd { get; init; } = 0.02;

    /// <summary>How the betas run from the first to the last.</summary>
    /// <value><see cref="BetaSchedule.Linear"/>.</value>
    public BetaSchedule BetaSchedule { get; init; } = BetaSchedule.Linear;

    /// <summary>
    /// The betas themselves instead of a schedule: T numbers in (0, 1), of which the last may be 1. Copied in.
    /// Record equality compares the reference, not the numbers.
    /// </summary>
    /// <value>null: <see cref="BetaSchedule"/> holds.</value>
    public IReadOnlyList<double>? TrainedBetas
    {
        get;
        init => field = value is null ? null : Array.AsReadOnly(value.ToArray());
    }

    /// <summary>What the denoiser predicts.</summary>
    /// <value><see cref="PredictionType.Epsilon"/>.</value>
    public PredictionType PredictionType { get; init; } = PredictionType.Epsilon;

    /// <summary>How inference timesteps are picked.</summary>
    /// <value><see cref="TimestepSpacing.Leading"/>.</value>
    public TimestepSpacing TimestepSpacing { get; init; } = TimestepSpacing.Leading;

    /// <summary>Added to every timestep under <see cref="TimestepSpacing.Leading"/>, in [0, T).</summary>
    /// <value>0.</value>
    public int StepsOffset { get; init; }

    /// <summary>
    /// Whether the schedule is stretched so that the last alpha_bar is exactly 0, as in Lin et al. 2023
    /// (arXiv:2305.08891). Not for <see cref="PredictionType.Epsilon"/>: pure noise says nothing about x_0.
    /// </summary>
    /// <value>false.</value>
    public bool RescaleBetasZeroSnr { get; init; }

    /// <summary>The diffusers release whose format the file has, <c>_diffusers_version</c>.</summary>
    /// <value>0.27.2, or what the loaded file says.</value>
    public string DiffusersVersion { get; init; } = "0.27.2";

    /// <summary>The scheduler's name in diffusers, <c>_class_name</c>.</summary>
    public abstract string ClassName { get; }

    /// <summary>Keys of the loaded file that this class does not know; written back as they were. Null if there are
    /// none.</summary>
    internal JsonConfig? UnknownKeys { get; init; }

    /// <summary>Reads a scheduler_config.json whose <c>_class_name</c> says which scheduler it is for.</summary>
    /// <param name="json">The text of the file.</param>
    /// <param name="logger">Is told about unknown keys, which are kept.</param>
    /// <exception cref="InvalidDataException">Not JSON, no or an unknown <c>_class_name</c>, or a value of a wrong type
    /// or range.</exception>
    public static SchedulerConfig FromJson(string json, ILogger? logger = null) =>
        Read(JsonConfig.Parse(json, TextName), logger);

    /// <summary>This config as diffusers' save_config writes it, byte for byte, with unknown keys of the loaded
    /// file.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public string ToJson() => ToConfig().ToJson();

    /// <summary>Makes the scheduler that this config is for.</summary>
    /// <param name="compatibility">Whether known faults of diffusers are corrected or repeated.</param>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public abstract Scheduler CreateScheduler(SchedulerCompatibility compatibility = SchedulerCompatibility.Corrected);

    /// <summary>Checks every range and the rules between values. Every scheduler's constructor calls it.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it, the value and what is
    /// expected.</exception>
    public virtual void Validate() => SchedulerConfigRules.Check(this);

    /// <summary>What messages call a config that did not come from a file.</summary>
    private protected const string TextName = "scheduler config";

    internal static SchedulerConfig Read(JsonConfig json, ILogger? logger) => json.GetString("_class_name") switch
    {
        DdpmSchedulerConfig.DiffusersName => DdpmSchedulerConfig.Read(json, logger),
        DdimSchedulerConfig.DiffusersName => DdimSchedulerConfig.Read(json, logger),
        DdimInverseSchedulerConfig.DiffusersName => DdimInverseSchedulerConfig.Read(json, logger),
        LangevinSchedulerConfig.Name => LangevinSchedulerConfig.Read(json, logger),
        string name => throw new InvalidDataException(
            $"{json.Source}: \"_class_name\" is \"{name}\"; expected one of \"{DdpmSchedulerConfig.DiffusersName}\", " +
            $"\"{DdimSchedulerConfig.DiffusersName}\", \"{DdimInverseSchedulerConfig.DiffusersName}\", " +
            $"\"{LangevinSchedulerConfig.Name}\"."),
    };

    internal JsonConfig ToConfig()
    {
        Validate();
        JsonConfig json = UnknownKeys?.Clone() ?? new JsonConfig(TextName);
        Write(json);
        return json;
    }

    /// <summary>Sets the keys of this config; a derived record sets its own after those of its base.</summary>
    private protected virtual void Write(JsonConfig json)
    {
        bool constant = BetaSchedule == BetaSchedule.Constant;
        json.Set("_class_name", ClassName);
        json.Set("_diffusers_version", DiffusersVersion);
        json.Set("beta_end", BetaEnd);
        json.Set("beta_schedule", ConfigNames.BetaSchedules.NameOf(constant ? BetaSchedule.Linear : BetaSchedule));
        json.Set("beta_start", constant ? BetaEnd : BetaStart);
        json.Set("num_train_timesteps", NumTrainTimesteps);
        json.Set("prediction_type", ConfigNames.PredictionTypes.NameOf(PredictionType));
        json.Set("rescale_betas_zero_snr", RescaleBetasZeroSnr);
        json.Set("steps_offset", StepsOffset);
        json.Set("timestep_spacing", ConfigNames.TimestepSpacings.NameOf(TimestepSpacing));
        json.Set("trained_betas", TrainedBetas);
    }

    /// <summary>This config with the keys of a file; what is missing stays. A derived record adds its own.</summary>
    private protected virtual SchedulerConfig With(JsonConfig json) => this with
    {
        DiffusersVersion = json.GetString("_diffusers_version", DiffusersVersion),
        NumTrainTimesteps = json.GetInt32("num_train_timesteps", NumTrainTimesteps),
        BetaStart = json.GetDouble("beta_start", BetaStart),
        BetaEnd = json.GetDouble("beta_end", BetaEnd),
        BetaSchedule = json.GetEnum("beta_schedule", ConfigNames.BetaSchedules, BetaSchedule),
        TrainedBetas = json.IsNull("trained_betas") ? null : json.GetDoubles("trained_betas"),
        PredictionType = json.GetEnum("prediction_type", ConfigNames.PredictionTypes, PredictionType),
        TimestepSpacing = json.GetEnum("timestep_spacing", ConfigNames.TimestepSpacings, TimestepSpacing),
        StepsOffset = json.GetInt32("steps_offset", StepsOffset),
        RescaleBetasZeroSnr = json.GetBoolean("rescale_betas_zero_snr", RescaleBetasZeroSnr),
    };

    /// <summary>Reads a file over a config's defaults, checks the result, and keeps and logs the keys that it does not
    /// know.</summary>
    private protected static T Read<T>(T defaults, JsonConfig json, ILogger? logger)
        where T : SchedulerConfig
    {
        var config = (T)defaults.With(json);
        try
        {
            config.Validate();
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"{json.Source}: {error.Message}", error);
        }
        JsonConfig rest = json.Clone();
        foreach (string key in config.ToConfig().Keys)
        {
            rest.Remove(key);
        }
        if (rest.Keys.Count == 0)
        {
            return config;
        }
        if (logger is not null)
        {
            SchedulerLog.UnknownKeysKept(logger, config.ClassName, string.Join(", ", rest.Keys));
        }
        return config with { UnknownKeys = rest };
    }
}
