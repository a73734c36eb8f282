using Diffusion.Sdk.Files;
using Microsoft.Extensions.Logging;

namespace Diffusion.Sdk.Schedulers;

/// <summary>Configuration of <see cref="DdpmScheduler"/>; names and defaults are those of diffusers'
/// DDPMScheduler.</summary>
public sealed record DdpmSchedulerConfig : ThresholdingSchedulerConfig
{
    internal const string DiffusersName = "DDPMScheduler";

    /// <summary>The variance that a step adds.</summary>
    /// <value><see cref="VarianceType.FixedSmall"/>.</value>
    public VarianceType VarianceType { get; init; } = VarianceType.FixedSmall;

    /// <inheritdoc/>
    public override string ClassName => DiffusersName;

    /// <summary>Reads a scheduler_config.json, whichever class wrote it; keys that DDPM does not know are kept and
    /// logged.</summary>
    /// <param name="json">The text of the file.</param>
    /// <param name="logger">Is told about unknown keys.</param>
    /// <exception cref="InvalidDataException">Not JSON, or a value of a wrong type or range.</exception>
    public static new DdpmSchedulerConfig FromJson(string json, ILogger? logger = null) =>
        Read(JsonConfig.Parse(json, TextName), logger);

    /// <inheritdoc/>
    public override Scheduler CreateScheduler(
        SchedulerCompatibility compatibility = SchedulerCompatibility.Corrected) =>
        new DdpmScheduler(this, compatibility);

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        SchedulerConfigRules.Defined(VarianceType);
    }

    internal static new DdpmSchedulerConfig Read(JsonConfig json, ILogger? logger) =>
        Read(new DdpmSchedulerConfig(), json, logger);

    private protected override SchedulerConfig With(JsonConfig json) => (DdpmSchedulerConfig)base.With(json) with
    {
        VarianceType = json.GetEnum("variance_type", ConfigNames.VarianceTypes, VarianceType),
    };

    private protected override void Write(JsonConfig json)
    {
        base.Write(json);
        json.Set("variance_type", ConfigNames.VarianceTypes.NameOf(VarianceType));
    }
}
