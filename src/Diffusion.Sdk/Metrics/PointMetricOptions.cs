namespace Diffusion.Sdk.Metrics;

/// <summary>How <see cref="PointMetrics"/> measure.</summary>
public sealed record PointMetricOptions
{
    /// <summary>How many random directions the sliced Wasserstein distance averages over; at least 1.</summary>
    /// <value>500.</value>
    /// <exception cref="ArgumentOutOfRangeException">Set to a number below 1.</exception>
    public int Directions
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(Directions));
            field = value;
        }
    } = 500;

    /// <summary>
    /// At how many levels, evenly spaced in (0, 1), the sliced Wasserstein distance compares quantiles; at least 1.
    /// </summary>
    /// <value>2,000.</value>
    /// <exception cref="ArgumentOutOfRangeException">Set to a number below 1.</exception>
    public int Quantiles
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(Quantiles));
            field = value;
        }
    } = 2000;

    /// <summary>Over how many random splits of the real points the floor is averaged; 0 leaves it out.</summary>
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

    /// <summary>What makes the same directions and splits again.</summary>
    /// <value>0.</value>
    public long Seed { get; init; }
}
