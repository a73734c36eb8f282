using Diffusion.Sdk.Files;
using Microsoft.Extensions.Logging;

namespace Diffusion.Sdk.Schedulers;

/// <summary>Configuration of <see cref="DdimScheduler"/>; names and defaults are those of diffusers'
/// DDIMScheduler.</summary>
public sealed record DdimSchedulerConfig : ThresholdingSchedulerConfig
{
    internal const string DiffusersName = "DDIMScheduler";

    /// <summary>
    /// Whether the last step leads to the clean sample, alpha_bar = 1. If not, it leads to the noise level of timestep
    /// 0.
    /// </summary>
    /// <value>true.</value>
    public bool SetAlphaToOne { get; init; } = true;

    /// <inheritdoc/>
    public override string ClassName => DiffusersName;

    /// <summary>Reads a scheduler_config.json, whichever class wrote it; keys that DDIM does not know are kept and
    /// logged.</summary>
    /// <param name="json">The text of the file.</param>
    /// <param name="logger">Is told about unknown keys.</param>
    /// <exception cref="InvalidDataException">Not JSON, or a value of a wrong type or range.</exception>
    public static new DdimSchedulerConfig FromJson(string json, ILogger? logger = null) =>
        Read(JsonConfig.Parse(json, TextName), logger);

    /// <inheritdoc/>
    public override Scheduler CreateScheduler(
        SchedulerCompatibility compatibility = SchedulerCompatibility.Corrected) =>
        new DdimScheduler(this, compatibility);

    internal static new DdimSchedulerConfig Read(JsonConfig json, ILogger? logger) =>
        Read(new DdimSchedulerConfig(), json, logger);

    private protected override SchedulerConfig With(JsonConfig json) => (DdimSchedulerConfig)base.With(json) with
    {
        SetAlphaToOne = json.GetBoolean("set_alpha_to_one", SetAlphaToOne),
    };

    private protected override void Write(JsonConfig json)
    {
        base.Write(json);
        json.Set("set_alpha_to_one", SetAlphaToOne);
    }
}
