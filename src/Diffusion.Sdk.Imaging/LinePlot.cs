using System.Drawing;
using System.Numerics;
using Diffusion.Sdk.Imaging.Marks;

namespace Diffusion.Sdk.Imaging;

/// <summary>Curves: a noise schedule, a loss, a metric over steps.</summary>
public sealed class LinePlot : AxisPlot
{
    private const int FaintAlpha = 60;

    /// <summary>Whether equal distances on x are equal ratios; all x then have to be positive.</summary>
    /// <value>Default false.</value>
    public bool LogX { get; init; }

    /// <summary>Whether equal distances on y are equal ratios; all y then have to be positive.</summary>
    /// <value>Default false.</value>
    public bool LogY { get; init; }

    private protected override bool IsLogX => LogX;

    private protected override bool IsLogY => LogY;

    private protected override double MarginX => 0.02;

    /// <summary>Adds a curve over 0, 1, 2, ... (over 1, 2, 3, ... when <see cref="LogX"/> is set).</summary>
    /// <param name="name">Its name in the legend; null leaves it out.</param>
    /// <param name="y">Its heights, at least one, all finite; copied.</param>
    /// <param name="color">Its colour; null takes the next of <see cref="Palette"/>.</param>
    /// <returns>This plot.</returns>
    /// <exception cref="ArgumentException">There is no number, or one is not finite.</exception>
    public LinePlot Add<T>(string? name, IEnumerable<T> y, Color? color = null)
        where T : INumberBase<T>
    {
        double[] heights = Series.Numbers(name, y, nameof(y));
        AddMark(new LineMark(name, Positions(heights.Length), heights, color ?? NextColor()));
        return this;
    }

    /// <summary>Adds a curve through (x, y) in the order given.</summary>
    /// <param name="name">Its name in the legend; null leaves it out.</param>
    /// <param name="x">Positions, at least one, all finite; copied.</param>
    /// <param name="y">As many heights, all finite; copied.</param>
    /// <param name="color">Its colour; null takes the next of <see cref="Palette"/>.</param>
    /// <returns>This plot.</returns>
    /// <exception cref="ArgumentException">There is no number, or one is not finite, or the lengths differ.</exception>
    public LinePlot Add<TX, TY>(string? name, IEnumerable<TX> x, IEnumerable<TY> y, Color? color = null)
        where TX : INumberBase<TX>
        where TY : INumberBase<TY>
    {
        double[] positions = Series.Numbers(name, x, nameof(x));
        double[] heights = Series.Numbers(name, y, nameof(y));
        Series.CheckSameLength(name, positions.Length, heights.Length, nameof(y));
        AddMark(new LineMark(name, positions, heights, color ?? NextColor()));
        return this;
    }

    /// <summary>
    /// Adds a noisy curve, faintly, and its centred moving average above it; the legend names the average.
    /// </summary>
    /// <param name="name">Its name in the legend; null leaves it out.</param>
    /// <param name="y">Its heights over 0, 1, 2, ..., at least one, all finite; copied.</param>
    /// <param name="window">How many heights an average takes, at least 1; fewer at the ends.</param>
    /// <param name="color">Its colour; null takes the next of <see cref="Palette"/>.</param>
    /// <returns>This plot.</returns>
    /// <exception cref="ArgumentException">There is no number, or one is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The window is below 1.</exception>
    public LinePlot AddSmoothed<T>(string? name, IEnumerable<T> y, int window = 100, Color? color = null)
        where T : INumberBase<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        double[] heights = Series.Numbers(name, y, nameof(y));
        Color strong = color ?? NextColor();
        double[] positions = Positions(heights.Length);
        AddMark(new LineMark(null, positions, heights, Color.FromArgb(FaintAlpha, strong), thickness: 1));
        AddMark(new LineMark(name, positions, MovingAverage(heights, window), strong));
        return this;
    }

    /// <summary>The faint curves lie below all others, whatever the order in which they were added.</summary>
    private protected override IEnumerable<Mark> VisibleMarks => Marks.OrderBy(mark => mark.Name is not null);

    /// <summary>Means over the <paramref name="window"/> values around each, as far as there are so many.</summary>
    internal static double[] MovingAverage(double[] values, int window)
    {
        var sums = new double[values.Length + 1];
        for (int i = 0; i < values.Length; i++)
        {
            sums[i + 1] = sums[i] + values[i];
        }
        var means = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int first = Math.Max(0, i - window / 2);
            int end = Math.Min(values.Length, i - window / 2 + window);
            means[i] = (sums[end] - sums[first]) / (end - first);
        }
        return means;
    }

    private double[] Positions(int count) => [.. Enumerable.Range(LogX ? 1 : 0, count).Select(i => (double)i)];
}
