using System.Globalization;

namespace Diffusion.Sdk.Metrics;

/// <summary>A measure beside its noise floor: what it gives for real data against real data.</summary>
/// <param name="Value">Generated against real.</param>
/// <param name="Floor">
/// Real against real: the mean over splits of the real data into as many as were generated (at most half) and the
/// rest.
/// NaN if no floor was asked for.
/// </param>
/// <param name="FloorDeviation">
/// The standard deviation (over n - 1) of the floor over the splits; NaN with fewer than two.
/// </param>
/// <remarks>
/// A value near the floor means that so many samples cannot tell generated from real. For precision and recall, where
/// more is better, the floor is what can be reached at best.
/// </remarks>
public sealed record MetricResult(double Value, double Floor, double FloorDeviation)
{
    // Of the standard normal distribution, 95% lie within.
    private const double NormalQuantile = 1.959963984540054;

    /// <summary>
    /// The standard deviation (over n - 1) of the value over bootstrap resamples of the data; how far it would scatter
    /// if the same numbers of samples were drawn anew.
    /// </summary>
    /// <value>NaN where no resamples were asked for.</value>
    public double Deviation { get; init; } = double.NaN;

    /// <summary>The lower end of the 95% bootstrap interval, Value - 1.96 Deviation; NaN without resamples.</summary>
    /// <remarks>
    /// The interval is centred at the value, since the resamples of a biased measure (such as the Fréchet distance) are
    /// biased once more. It says nothing about the bias itself, which the floor shows.
    /// </remarks>
    public double Lower => Value - NormalQuantile * Deviation;

    /// <summary>The upper end of the 95% bootstrap interval, Value + 1.96 Deviation; NaN without resamples.</summary>
    public double Upper => Value + NormalQuantile * Deviation;

    /// <summary>
    /// Value, half the width of its interval, and floor, such as "0.185 ± 0.012 (floor 0.151)"; without those that are
    /// NaN.
    /// </summary>
    public override string ToString()
    {
        string interval = double.IsNaN(Deviation)
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $" ± {NormalQuantile * Deviation:G2}");
        string floor = double.IsNaN(Floor) ? "" : string.Create(CultureInfo.InvariantCulture, $" (floor {Floor:G3})");
        return Value.ToString("G3", CultureInfo.InvariantCulture) + interval + floor;
    }
}
