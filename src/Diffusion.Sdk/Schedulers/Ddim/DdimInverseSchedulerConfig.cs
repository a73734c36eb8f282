using Diffusion.Sdk.Files;
using Microsoft.Extensions.Logging;

namespace Diffusion.Sdk.Schedulers;

/// <summary>
/// Configuration of <see cref="DdimInverseScheduler"/>; names and defaults are those of diffusers'
/// DDIMInverseScheduler.
/// </summary>
public sealed record DdimInverseSchedulerConfig : ClippingSchedulerConfig
{
    internal const string DiffusersName = "DDIMInverseScheduler";

    /// <summary>
    /// Whether the first step starts from the clean sample, alpha_bar = 1. If not, its sample counts as one at the
    /// noise level of timestep 0.
    /// </summary>
    /// <value>true.</value>
    public bool SetAlphaToOne { get; init; } = true;

    /// <inheritdoc/>
    public override string ClassName => DiffusersName;

    /// <summary>
    /// Reads a scheduler_config.json, whichever class wrote it; keys that the inverse does not know are kept and
    /// logged.
    /// </summary>
    /// <param name="json">The text of the file.</param>
    /// <param name="logger">Is told about unknown keys.</param>
    /// <exception cref="InvalidDataException">Not JSON, or a value of a wrong type or range.</exception>
    public static new DdimInverseSchedulerConfig FromJson(string json, ILogger? logger = null) =>
        Read(JsonConfig.Parse(json, TextName), logger);

    /// <inheritdoc/>
    public override Scheduler CreateScheduler(
        SchedulerCompatibility compatibility = SchedulerCompatibility.Corrected) =>
        new DdimInverseScheduler(this, compatibility);

    internal static new DdimInverseSchedulerConfig Read(JsonConfig json, ILogger? logger) =>
        Read(new DdimInverseSchedulerConfig(), json, logger);

    private protected override SchedulerConfig With(JsonConfig json) => (DdimInverseSchedulerConfig)base.With(json) with
    {
        SetAlphaToOne = json.GetBoolean("set_alpha_to_one", SetAlphaToOne),
    };

    private protected override void Write(JsonConfig json)
    {
        base.Write(json);
        json.Set("set_alpha_to_one", SetAlphaToOne);
    }
}
