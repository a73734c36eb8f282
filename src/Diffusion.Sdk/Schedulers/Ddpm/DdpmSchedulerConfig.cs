using Diffusion.Sdk.Files;
using Microsoft.Extensions.Logging;

namespace Diffusion.Sdk.Schedulers;

/// <summary>Configuration of <see cref="DdpmScheduler"/>; names and defaults are those of diffusers' DDPMScheduler.</summary>
public sealed record DdpmSchedulerConfig : SchedulerConfig
{
    internal const string DiffusersName = "DDPMScheduler";

    /// <summary>The variance that a step adds.</summary>
    /// <value><see cref="VarianceType.FixedSmall"/>.</value>
    public VarianceType VarianceType { get; init; } = VarianceType.FixedSmall;

    /// <summary>
    /// Whether the predicted x_0 is clipped to [-<see cref="ClipSampleRange"/>, <see cref="ClipSampleRange"/>]. Right for
    /// images in [-1, 1]; turn it off for data that reaches further, such as points of the plane.
    /// </summary>
    /// <value>true.</value>
    public bool ClipSample { get; init; } = true;

    /// <summary>Half width of the clipping range, above 0.</summary>
    /// <value>1.</value>
    public double ClipSampleRange { get; init; } = 1;

    /// <summary>
    /// Whether the predicted x_0 is clipped to a quantile of its own absolute values and divided by it, in place of
    /// <see cref="ClipSample"/>. Saharia et al. 2022 (arXiv:2205.11487), section 2.3.
    /// </summary>
    /// <value>false.</value>
    public bool Thresholding { get; init; }

    /// <summary>The quantile for <see cref="Thresholding"/>, in [0, 1].</summary>
    /// <value>0.995.</value>
    public double DynamicThresholdingRatio { get; init; } = 0.995;

    /// <summary>The largest threshold for <see cref="Thresholding"/>, above 0 and at least 1 where it is used; the smallest is 1.</summary>
    /// <value>1.</value>
    public double SampleMaxValue { get; init; } = 1;

    /// <inheritdoc/>
    public override string ClassName => DiffusersName;

    /// <summary>Reads a scheduler_config.json, whichever class wrote it; keys that DDPM does not know are kept and logged.</summary>
    /// <param name="json">The text of the file.</param>
    /// <param name="logger">Is told about unknown keys.</param>
    /// <exception cref="InvalidDataException">Not JSON, or a value of a wrong type or range.</exception>
    public static new DdpmSchedulerConfig FromJson(string json, ILogger? logger = null) =>
        Read(JsonConfig.Parse(json, TextName), logger);

    /// <inheritdoc/>
    public override Scheduler CreateScheduler(SchedulerCompatibility compatibility = SchedulerCompatibility.Corrected) =>
        new DdpmScheduler(this, compatibility);

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        SchedulerConfigRules.Defined(VarianceType);
        SchedulerConfigRules.Require(
            ClipSampleRange is > 0 and < double.PositiveInfinity, nameof(ClipSampleRange), ClipSampleRange, "a finite number above 0");
        SchedulerConfigRules.Require(
            DynamicThresholdingRatio is >= 0 and <= 1, nameof(DynamicThresholdingRatio), DynamicThresholdingRatio, "a number in [0, 1]");
        double least = Thresholding ? 1 : double.Epsilon;
        SchedulerConfigRules.Require(
            SampleMaxValue >= least && double.IsFinite(SampleMaxValue),
            nameof(SampleMaxValue), SampleMaxValue, Thresholding ? "a finite number of at least 1 (Thresholding is on)" : "a finite number above 0");
    }

    internal static new DdpmSchedulerConfig Read(JsonConfig json, ILogger? logger)
    {
        var config = (DdpmSchedulerConfig)Read(new DdpmSchedulerConfig(), json);
        config = config with
        {
            VarianceType = json.GetEnum("variance_type", ConfigNames.VarianceTypes, config.VarianceType),
            ClipSample = json.GetBoolean("clip_sample", config.ClipSample),
            ClipSampleRange = json.GetDouble("clip_sample_range", config.ClipSampleRange),
            Thresholding = json.GetBoolean("thresholding", config.Thresholding),
            DynamicThresholdingRatio = json.GetDouble("dynamic_thresholding_ratio", config.DynamicThresholdingRatio),
            SampleMaxValue = json.GetDouble("sample_max_value", config.SampleMaxValue),
        };
        return Finish(config, json, logger);
    }

    private protected override void Write(JsonConfig json)
    {
        base.Write(json);
        json.Set("clip_sample", ClipSample);
        json.Set("clip_sample_range", ClipSampleRange);
        json.Set("dynamic_thresholding_ratio", DynamicThresholdingRatio);
        json.Set("sample_max_value", SampleMaxValue);
        json.Set("thresholding", Thresholding);
        json.Set("variance_type", ConfigNames.VarianceTypes.NameOf(VarianceType));
    }
}
