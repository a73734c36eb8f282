using Diffusion.Sdk.Files;

namespace Diffusion.Sdk.Schedulers;

/// <summary>What the configurations of schedulers share that clip the predicted x_0, to a range or to a
/// quantile.</summary>
public abstract record ThresholdingSchedulerConfig : ClippingSchedulerConfig
{
    /// <summary>
    /// Whether the predicted x_0 is clipped to a quantile of its own absolute values and divided by it, in place of
    /// <see cref="ClippingSchedulerConfig.ClipSample"/>. Saharia et al. 2022 (arXiv:2205.11487), section 2.3.
    /// </summary>
    /// <value>false.</value>
    public bool Thresholding { get; init; }

    /// <summary>The quantile for <see cref="Thresholding"/>, in [0, 1].</summary>
    /// <value>0.995.</value>
    public double DynamicThresholdingRatio { get; init; } = 0.995;

    /// <summary>
    /// The largest threshold for <see cref="Thresholding"/>, above 0 and at least 1 where it is used; the smallest is
    /// 1.
    /// </summary>
    /// <value>1.</value>
    public double SampleMaxValue { get; init; } = 1;

    /// <inheritdoc/>
    internal override OriginalSampleLimit Limit => base.Limit with
    {
        ThresholdRatio = Thresholding ? DynamicThresholdingRatio : null,
        LargestThreshold = SampleMaxValue,
    };

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        SchedulerConfigRules.Require(
            DynamicThresholdingRatio is >= 0 and <= 1,
            nameof(DynamicThresholdingRatio), DynamicThresholdingRatio, "a number in [0, 1]");
        double least = Thresholding ? 1 : double.Epsilon;
        SchedulerConfigRules.Require(
            SampleMaxValue >= least && double.IsFinite(SampleMaxValue), nameof(SampleMaxValue), SampleMaxValue,
            Thresholding ? "a finite number of at least 1 (Thresholding is on)" : "a finite number above 0");
    }

    private protected override SchedulerConfig With(JsonConfig json) =>
        (ThresholdingSchedulerConfig)base.With(json) with
        {
            Thresholding = json.GetBoolean("thresholding", Thresholding),
            DynamicThresholdingRatio = json.GetDouble("dynamic_thresholding_ratio", DynamicThresholdingRatio),
            SampleMaxValue = json.GetDouble("sample_max_value", SampleMaxValue),
        };

    private protected override void Write(JsonConfig json)
    {
        base.Write(json);
        json.Set("dynamic_thresholding_ratio", DynamicThresholdingRatio);
        json.Set("sample_max_value", SampleMaxValue);
        json.Set("thresholding", Thresholding);
    }
}
