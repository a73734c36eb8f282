using System.Drawing;
using System.Numerics;
using Diffusion.Sdk.Imaging.Axes;

namespace Diffusion.Sdk.Imaging.Marks;

/// <summary>
/// Arrows that start at points. All are scaled alike, so that the longest just reaches its neighbour.
/// </summary>
internal sealed class ArrowsMark : Mark
{
    private const float HeadLength = 5;
    private const float ShortestHead = 2.5f;
    private const float ShortestArrow = 1;

    private readonly Vector2[] _positions;
    private readonly Vector2[] _tips;

    internal ArrowsMark(string? name, Vector2[] positions, Vector2[] vectors, Color color)
        : base(name, color)
    {
        Bounds start = Series.BoundsOf(positions);
        float longest = vectors.Max(vector => vector.Length());
        double span = Math.Max(start.MaxX - start.MinX, start.MaxY - start.MinY);
        double spacing = span > 0 ? span / Math.Max(1, Math.Sqrt(positions.Length) - 1) : longest;
        float scale = longest > 0 ? (float)(spacing / longest) : 0;
        _positions = positions;
        _tips = [.. positions.Zip(vectors, (position, vector) => position + scale * vector)];
        Bounds = start.Union(Series.BoundsOf(_tips));
    }

    internal override Bounds Bounds { get; }

    internal override void Draw(Canvas canvas, PlotMap map)
    {
        for (int i = 0; i < _positions.Length; i++)
        {
            DrawArrow(canvas, map.Map(_positions[i]), map.Map(_tips[i]), map.MarkScale);
        }
    }

    internal override void DrawSwatch(Canvas canvas, Vector2 center) =>
        DrawArrow(canvas, center - new Vector2(7, 0), center + new Vector2(7, 0), 1);

    private void DrawArrow(Canvas canvas, Vector2 from, Vector2 to, float scale)
    {
        float length = Vector2.Distance(from, to);
        if (length < ShortestArrow)
        {
            canvas.FillCircle(from, scale, Color);
            return;
        }
        Vector2 along = (to - from) / length;
        Vector2 across = new(-along.Y, along.X);
        float head = Math.Min(length, Math.Clamp(0.45f * length, ShortestHead, HeadLength) * scale);
        Vector2 neck = to - head * along;
        if (head < length)
        {
            canvas.DrawLine(from, neck, Color, 1.25f * scale);
        }
        canvas.FillPolygon([to, neck + 0.45f * head * across, neck - 0.45f * head * across], Color);
    }
}
