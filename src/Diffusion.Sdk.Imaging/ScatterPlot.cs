using System.Drawing;
using System.Numerics;
using Diffusion.Sdk.Imaging.Marks;

namespace Diffusion.Sdk.Imaging;

/// <summary>Points of the plane, with equal units on both axes: data beside generated samples, for example.</summary>
public sealed class ScatterPlot : AxisPlot
{
    private protected override Size NaturalSize => new(560, 540);

    private protected override bool HasEqualUnits => true;

    /// <summary>Adds a series that the legend names; later ones lie above earlier ones.</summary>
    /// <param name="name">Its name in the legend; null leaves it out.</param>
    /// <param name="points">The points, at least one, all finite; copied.</param>
    /// <param name="color">Its colour; null takes the next of <see cref="Palette"/>.</param>
    /// <returns>This plot.</returns>
    /// <exception cref="ArgumentException">There is no point, or one is not finite.</exception>
    public ScatterPlot Add(string? name, IEnumerable<Vector2> points, Color? color = null)
    {
        AddMark(new PointsMark(name, Series.Points(name, points), color ?? NextColor()));
        return this;
    }

    /// <summary>Adds a series that the legend leaves out.</summary>
    /// <param name="points">The points, at least one, all finite; copied.</param>
    /// <returns>This plot.</returns>
    /// <exception cref="ArgumentException">There is no point, or one is not finite.</exception>
    public ScatterPlot Add(IEnumerable<Vector2> points) => Add(null, points);
}
