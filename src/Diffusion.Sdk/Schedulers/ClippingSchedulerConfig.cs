using Diffusion.Sdk.Files;

namespace Diffusion.Sdk.Schedulers;

/// <summary>What the configurations of schedulers share that clip the predicted x_0.</summary>
public abstract record ClippingSchedulerConfig : SchedulerConfig
{
    /// <summary>
    /// Whether the predicted x_0 is clipped to [-<see cref="ClipSampleRange"/>, <see cref="ClipSampleRange"/>]. Right
    /// for images in [-1, 1]; turn it off for data that reaches further, such as points of the plane.
    /// </summary>
    /// <value>true.</value>
    public bool ClipSample { get; init; } = true;

    /// <summary>Half width of the clipping range, above 0.</summary>
    /// <value>1.</value>
    public double ClipSampleRange { get; init; } = 1;

    /// <summary>How far a predicted x_0 may reach.</summary>
    internal virtual OriginalSampleLimit Limit => new(ClipSample ? ClipSampleRange : null, null, 1);

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        SchedulerConfigRules.Require(
            ClipSampleRange is > 0 and < double.PositiveInfinity,
            nameof(ClipSampleRange), ClipSampleRange, "a finite number above 0");
    }

    private protected override SchedulerConfig With(JsonConfig json) => (ClippingSchedulerConfig)base.With(json) with
    {
        ClipSample = json.GetBoolean("clip_sample", ClipSample),
        ClipSampleRange = json.GetDouble("clip_sample_range", ClipSampleRange),
    };

    private protected override void Write(JsonConfig json)
    {
        base.Write(json);
        json.Set("clip_sample", ClipSample);
        json.Set("clip_sample_range", ClipSampleRange);
    }
}
