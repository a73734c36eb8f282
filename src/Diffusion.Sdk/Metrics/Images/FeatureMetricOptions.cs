namespace Diffusion.Sdk.Metrics;

/// <summary>How <see cref="FeatureMetrics"/> measure.</summary>
public sealed record FeatureMetricOptions
{
    /// <summary>
    /// How far the ball around a sample reaches for precision and recall: to its neighbour of this rank; at least 1.
    /// </summary>
    /// <value>3, as in the paper.</value>
    /// <exception cref="ArgumentOutOfRangeException">Set to a number below 1.</exception>
    public int Neighbours
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(Neighbours));
            field = value;
        }
    } = 3;

    /// <summary>Over how many random splits of the real samples the floor is averaged; 0 leaves it out.</summary>
    /// <value>5.</value>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative number.</exception>
    public int Splits
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(Splits));
            field = value;
        }
    } = 5;

    /// <summary>
    /// How many bootstrap resamples the interval comes from; 0 leaves it out, and 1 is too few for a deviation.
    /// </summary>
    /// <value>
    /// 100. The Fréchet distance of 2,048 features takes some seconds per resample on two cores, of 64 features some
    /// milliseconds.
    /// </value>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative number.</exception>
    public int Resamples
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(Resamples));
            field = value;
        }
    } = 100;

    /// <summary>What makes the same splits and resamples again.</summary>
    /// <value>0.</value>
    public long Seed { get; init; }
}
