using System.Drawing;
using System.Numerics;
using Diffusion.Sdk.Imaging.Marks;

namespace Diffusion.Sdk.Imaging;

/// <summary>Arrows in the plane: a score, a denoiser's output, a flow. Equal units on both axes.</summary>
public sealed class VectorField : AxisPlot
{
    private protected override Size NaturalSize => new(560, 540);

    private protected override bool HasEqualUnits => true;

    /// <summary>Positions on a regular grid, to evaluate a field on.</summary>
    /// <param name="x">Ends of the grid in x.</param>
    /// <param name="y">Ends of the grid in y.</param>
    /// <param name="columns">Positions in a row, at least 2.</param>
    /// <param name="rows">Rows, at least 2.</param>
    /// <returns>rows * columns points, row by row from the lowest y.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 2 columns or rows.</exception>
    public static Vector2[] Grid((float Min, float Max) x, (float Min, float Max) y, int columns, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 2);
        var positions = new Vector2[rows * columns];
        for (int i = 0; i < positions.Length; i++)
        {
            positions[i] = new Vector2(
                float.Lerp(x.Min, x.Max, (float)(i % columns) / (columns - 1)),
                float.Lerp(y.Min, y.Max, (float)(i / columns) / (rows - 1)));
        }
        return positions;
    }

    /// <summary>
    /// Adds arrows. Their lengths are in proportion; the longest spans the distance to its neighbour.
    /// </summary>
    /// <param name="name">Their name in the legend; null leaves them out.</param>
    /// <param name="positions">Where the arrows start, at least one, all finite; copied.</param>
    /// <param name="vectors">As many arrows, all finite; copied.</param>
    /// <param name="color">Their colour; null takes the next of <see cref="Palette"/>.</param>
    /// <returns>This plot.</returns>
    /// <exception cref="ArgumentException">There is no arrow, or a number is not finite, or the lengths
    /// differ.</exception>
    public VectorField Add(
        string? name, IEnumerable<Vector2> positions, IEnumerable<Vector2> vectors, Color? color = null)
    {
        Vector2[] starts = Series.Points(name, positions, nameof(positions));
        Vector2[] arrows = Series.Points(name, vectors, nameof(vectors));
        Series.CheckSameLength(name, starts.Length, arrows.Length, nameof(vectors));
        AddMark(new ArrowsMark(name, starts, arrows, color ?? NextColor()));
        return this;
    }

    /// <summary>Adds points, such as the data that the field leads to. What was added first lies below.</summary>
    /// <param name="name">Their name in the legend; null leaves them out.</param>
    /// <param name="points">The points, at least one, all finite; copied.</param>
    /// <param name="color">Their colour; null takes the next of <see cref="Palette"/>.</param>
    /// <returns>This plot.</returns>
    /// <exception cref="ArgumentException">There is no point, or one is not finite.</exception>
    public VectorField AddPoints(string? name, IEnumerable<Vector2> points, Color? color = null)
    {
        AddMark(new PointsMark(name, Series.Points(name, points), color ?? NextColor()));
        return this;
    }
}
