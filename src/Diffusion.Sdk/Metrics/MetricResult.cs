using System.Globalization;

namespace Diffusion.Sdk.Metrics;

/// <summary>A distance beside its noise floor: what the metric gives for real points against real points.</summary>
/// <param name="Value">Generated against real.</param>
/// <param name="Floor">
/// Real against real: the mean over splits of the real points into as many as were generated (at most half) and the
/// rest.
/// NaN if no floor was asked for.
/// </param>
/// <param name="FloorDeviation">
/// The standard deviation (over n - 1) of the floor over the splits; NaN with fewer than two.
/// </param>
/// <remarks>A value near the floor means that so many points cannot tell generated from real.</remarks>
public sealed record MetricResult(double Value, double Floor, double FloorDeviation)
{
    /// <summary>Value and floor with three digits, such as "0.185 (floor 0.151)".</summary>
    public override string ToString() => double.IsNaN(Floor)
        ? Value.ToString("G3", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Value:G3} (floor {Floor:G3})");
}
