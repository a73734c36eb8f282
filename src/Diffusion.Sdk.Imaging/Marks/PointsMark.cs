using System.Drawing;
using System.Numerics;
using Diffusion.Sdk.Imaging.Axes;

namespace Diffusion.Sdk.Imaging.Marks;

/// <summary>A cloud of points. Many points are drawn smaller and more transparent than few.</summary>
internal sealed class PointsMark(string? name, Vector2[] points, Color color) : Mark(name, color)
{
    private const float SwatchRadius = 4;

    internal override Bounds Bounds { get; } = Series.BoundsOf(points);

    internal override void Draw(Canvas canvas, PlotMap map)
    {
        double magnitude = Math.Log10(points.Length);
        float radius = (float)Math.Clamp(6.1 - 1.25 * magnitude, 1.1, 3.2) * map.MarkScale;
        double opacity = Math.Clamp(1.35 - 0.27 * magnitude, 0.2, 0.8);
        Color faint = Color.FromArgb((int)(opacity * Color.A), Color);
        foreach (Vector2 point in points)
        {
            canvas.FillCircle(map.Map(point), radius, faint);
        }
    }

    internal override void DrawSwatch(Canvas canvas, Vector2 center) =>
        canvas.FillCircle(center, SwatchRadius, Color.FromArgb(Math.Max((int)Color.A, 160), Color));
}
