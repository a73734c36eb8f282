using System.Drawing;
using System.Numerics;
using Diffusion.Sdk.Imaging.Axes;
using Diffusion.Sdk.Imaging.Marks;

namespace Diffusion.Sdk.Imaging;

/// <summary>Densities of numbers, each series with area one, over bars that all series share.</summary>
public sealed class Histogram : AxisPlot
{
    private const int MinBins = 10;
    private const int MaxBins = 60;
    private const int CurvePoints = 400;

    private readonly List<(string? Name, double[] Values, Color Color)> _series = [];
    private readonly List<(string? Name, Func<double, double> Density, Color Color)> _curves = [];

    /// <summary>How many bars there are, at least 1.</summary>
    /// <value>Default null: the square root of the largest series' count, in [10, 60].</value>
    public int? Bins { get; init; }

    private protected override Bounds DataBounds =>
        VisibleMarks.Select(mark => mark.Bounds).Aggregate((all, next) => all.Union(next));

    private protected override double LowerMarginY => 0;

    private protected override double MarginX => 0.02;

    /// <summary>Adds a series.</summary>
    /// <param name="name">Its name in the legend; null leaves it out.</param>
    /// <param name="values">The numbers, at least one, all finite; copied.</param>
    /// <param name="color">Its colour; null takes the next of <see cref="Palette"/>.</param>
    /// <returns>This plot.</returns>
    /// <exception cref="ArgumentException">There is no number, or one is not finite.</exception>
    public Histogram Add<T>(string? name, IEnumerable<T> values, Color? color = null)
        where T : INumberBase<T>
    {
        _series.Add((name, Series.Numbers(name, values), color ?? NextColor()));
        return this;
    }

    /// <summary>Adds the curve of a known density.</summary>
    /// <param name="name">Its name in the legend; null leaves it out.</param>
    /// <param name="density">The density at a position: finite, and of area one to be comparable with the bars.</param>
    /// <param name="color">Its colour; null is nearly black.</param>
    /// <returns>This plot.</returns>
    public Histogram AddDensity(string? name, Func<double, double> density, Color? color = null)
    {
        ArgumentNullException.ThrowIfNull(density);
        _curves.Add((name, density, color ?? Theme.Ink));
        return this;
    }

    private protected override IEnumerable<Mark> VisibleMarks
    {
        get
        {
            if (_series.Count == 0)
            {
                throw new InvalidOperationException(
                    $"There is nothing to draw: {Describe()} has no series. Add one first.");
            }
            double[] edges = Edges();
            IEnumerable<Mark> bars = _series.Select(series =>
                new BarsMark(series.Name, edges, Densities(series.Values, edges), series.Color));
            double[] x = Spread(edges[0], edges[^1], CurvePoints);
            return bars.Concat(_curves.Select(curve => new LineMark(
                curve.Name, x, Series.Numbers(curve.Name, x.Select(curve.Density), "density"), curve.Color)));
        }
    }

    /// <summary>How much of the values lies in each bin, over their number and the bin's width.</summary>
    internal static double[] Densities(double[] values, double[] edges)
    {
        double width = edges[1] - edges[0];
        var densities = new double[edges.Length - 1];
        foreach (double value in values)
        {
            int bin = (int)((value - edges[0]) / width);
            if (value >= edges[0] && value <= edges[^1])
            {
                densities[Math.Min(bin, densities.Length - 1)] += 1 / (values.Length * width);
            }
        }
        return densities;
    }

    private double[] Edges()
    {
        (double min, double max) = XRange
            ?? (_series.Min(series => series.Values.Min()), _series.Max(series => series.Values.Max()));
        if (min >= max)
        {
            (min, max) = (min - 0.5, min + 0.5);
        }
        int largest = _series.Max(series => series.Values.Length);
        int bins = Bins ?? Math.Clamp((int)Math.Sqrt(largest), MinBins, MaxBins);
        if (bins < 1)
        {
            throw new InvalidOperationException($"Bins of {Describe()} has to be at least 1, but is {bins}.");
        }
        return Spread(min, max, bins + 1);
    }

    /// <summary>Evenly spaced numbers, both ends among them.</summary>
    private static double[] Spread(double min, double max, int count) =>
        [.. Enumerable.Range(0, count).Select(i => min + (max - min) * i / (count - 1))];
}
