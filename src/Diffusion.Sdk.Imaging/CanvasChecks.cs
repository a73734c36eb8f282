using System.Numerics;

namespace Diffusion.Sdk.Imaging;

/// <summary>Refuses what drawing libraries would silently draw wrongly.</summary>
internal static class CanvasChecks
{
    internal static void CheckSide(int side, string name)
    {
        if (side is < 1 or > Canvas.MaxSide)
        {
            throw new ArgumentOutOfRangeException(
                name, side, $"A picture's {name} has to be between 1 and {Canvas.MaxSide} pixels.");
        }
    }

    internal static void CheckPositive(float value, string name)
    {
        if (!float.IsFinite(value) || value <= 0)
        {
            throw new ArgumentException($"Expected a positive number, but got {value}.", name);
        }
    }

    internal static void CheckPoints(ReadOnlySpan<Vector2> points, int least, string name)
    {
        if (points.Length < least)
        {
            throw new ArgumentException($"Expected at least {least} points, but got {points.Length}.", name);
        }
        for (int i = 0; i < points.Length; i++)
        {
            if (!float.IsFinite(points[i].X) || !float.IsFinite(points[i].Y))
            {
                throw new ArgumentException(
                    $"Coordinates have to be finite, but point {i} is ({points[i].X}, {points[i].Y}).", name);
            }
        }
    }
}
