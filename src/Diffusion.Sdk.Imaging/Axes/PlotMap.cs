using System.Drawing;
using System.Numerics;

namespace Diffusion.Sdk.Imaging.Axes;

/// <summary>Places data coordinates in a rectangle of pixels.</summary>
internal readonly record struct PlotMap(RectangleF Area, Axis X, Axis Y)
{
    /// <summary>Sizes of marks are made for an area this wide; in smaller ones they shrink.</summary>
    private const float FullSize = 340;

    /// <summary>What to multiply the size of marks by, in [0.6, 1].</summary>
    internal float MarkScale => Math.Clamp(Math.Min(Area.Width, Area.Height) / FullSize, 0.6f, 1f);

    internal Vector2 Map(double x, double y) => new(
        Area.Left + (float)(X.Fraction(x) * Area.Width),
        Area.Bottom - (float)(Y.Fraction(y) * Area.Height));

    internal Vector2 Map(Vector2 point) => Map(point.X, point.Y);

    /// <summary>
    /// This map with the axis that has room to spare lengthened, so that one unit is as long on both.
    /// </summary>
    internal PlotMap WithEqualUnits()
    {
        double unitX = (X.Max - X.Min) / Area.Width;
        double unitY = (Y.Max - Y.Min) / Area.Height;
        return unitX < unitY
            ? this with { X = X.WithLength(unitY * Area.Width) }
            : this with { Y = Y.WithLength(unitX * Area.Height) };
    }
}
