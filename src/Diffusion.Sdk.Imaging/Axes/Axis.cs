namespace Diffusion.Sdk.Imaging.Axes;

/// <summary>An interval of data coordinates, linear or logarithmic.</summary>
/// <param name="Min">Where the axis starts.</param>
/// <param name="Max">Where it ends, above <paramref name="Min"/>.</param>
/// <param name="IsLog">Whether equal distances are equal ratios.</param>
internal readonly record struct Axis(double Min, double Max, bool IsLog)
{
    /// <summary>How far outside the axis a mark is still placed; beyond, drawing libraries overflow.</summary>
    private const double Reach = 100;

    /// <summary>An axis that holds [min, max] and a margin, never of zero length.</summary>
    internal static Axis Around(
        double min, double max, bool isLog, double lowerMargin = 0.05, double upperMargin = 0.05)
    {
        if (isLog)
        {
            Axis inner = Around(Math.Log10(min), Math.Log10(max), isLog: false, lowerMargin, upperMargin);
            return new Axis(Math.Pow(10, inner.Min), Math.Pow(10, inner.Max), IsLog: true);
        }
        double length = max - min;
        if (length <= 1e-9 * Math.Max(Math.Abs(min), Math.Abs(max)) || length == 0)
        {
            length = min == 0 ? 1 : Math.Abs(min);
            return new Axis(min - length / 2, max + length / 2, IsLog: false);
        }
        return new Axis(min - lowerMargin * length, max + upperMargin * length, IsLog: false);
    }

    /// <summary>0 at <see cref="Min"/>, 1 at <see cref="Max"/>.</summary>
    internal double Fraction(double value)
    {
        double fraction = IsLog
            ? Math.Log(value / Min) / Math.Log(Max / Min)
            : (value - Min) / (Max - Min);
        return Math.Clamp(fraction, -Reach, 1 + Reach);
    }

    /// <summary>The same centre, another length.</summary>
    internal Axis WithLength(double length)
    {
        double center = (Min + Max) / 2;
        return new Axis(center - length / 2, center + length / 2, IsLog);
    }
}
