using System.Drawing;
using System.Numerics;
using Diffusion.Sdk.Imaging.Axes;

namespace Diffusion.Sdk.Imaging.Marks;

/// <summary>A line through points in the order given.</summary>
internal sealed class LineMark(string? name, double[] x, double[] y, Color color, float thickness = 2)
    : Mark(name, color)
{
    internal override Bounds Bounds { get; } = new(x.Min(), x.Max(), y.Min(), y.Max());

    internal override void Draw(Canvas canvas, PlotMap map)
    {
        var pixels = new Vector2[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            pixels[i] = map.Map(x[i], y[i]);
        }
        if (pixels.Length == 1)
        {
            canvas.FillCircle(pixels[0], 1.5f * thickness, Color);
            return;
        }
        canvas.DrawPolyline(pixels, Color, thickness);
    }

    internal override void DrawSwatch(Canvas canvas, Vector2 center) =>
        canvas.DrawLine(center - new Vector2(7, 0), center + new Vector2(7, 0), Color, Math.Max(thickness, 2));
}
