using System.Drawing;
using System.Numerics;
using Diffusion.Sdk.Imaging.Axes;

namespace Diffusion.Sdk.Imaging.Marks;

/// <summary>A histogram: touching bars from zero, filled faintly, with one outline.</summary>
/// <param name="name">What the legend calls it.</param>
/// <param name="edges">Boundaries of the bars, ascending, one more than there are bars.</param>
/// <param name="heights">Height of each bar.</param>
/// <param name="color">Its colour.</param>
internal sealed class BarsMark(string? name, double[] edges, double[] heights, Color color) : Mark(name, color)
{
    private const int FillAlpha = 60;

    internal override Bounds Bounds { get; } = new(edges[0], edges[^1], 0, heights.Max());

    internal override void Draw(Canvas canvas, PlotMap map)
    {
        List<Vector2> outline = [map.Map(edges[0], 0)];
        for (int i = 0; i < heights.Length; i++)
        {
            outline.Add(map.Map(edges[i], heights[i]));
            outline.Add(map.Map(edges[i + 1], heights[i]));
        }
        outline.Add(map.Map(edges[^1], 0));
        canvas.FillPolygon([.. outline], Color.FromArgb(FillAlpha, Color));
        canvas.DrawPolyline([.. outline], Color, 1.25f);
    }

    internal override void DrawSwatch(Canvas canvas, Vector2 center)
    {
        RectangleF box = new(MathF.Floor(center.X - 6) + 0.5f, MathF.Floor(center.Y - 4) + 0.5f, 12, 9);
        canvas.FillRectangle(box, Color.FromArgb(FillAlpha, Color));
        canvas.DrawRectangle(box, Color);
    }
}
