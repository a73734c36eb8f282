using System.Numerics;
using Diffusion.Sdk.Imaging.Axes;

namespace Diffusion.Sdk.Imaging.Marks;

/// <summary>Copies a caller's numbers, and refuses what cannot be drawn with words that say which and where.</summary>
internal static class Series
{
    internal static Vector2[] Points(string? name, IEnumerable<Vector2> points, string argument = "points")
    {
        ArgumentNullException.ThrowIfNull(points, argument);
        Vector2[] copy = [.. points];
        CheckCount(name, copy.Length, argument);
        for (int i = 0; i < copy.Length; i++)
        {
            if (!float.IsFinite(copy[i].X) || !float.IsFinite(copy[i].Y))
            {
                throw new ArgumentException(
                    $"{Describe(name)} has ({copy[i].X}, {copy[i].Y}) at index {i}; only finite numbers can be drawn.",
                    argument);
            }
        }
        return copy;
    }

    internal static double[] Numbers<T>(string? name, IEnumerable<T> values, string argument = "values")
        where T : INumberBase<T>
    {
        ArgumentNullException.ThrowIfNull(values, argument);
        double[] copy = [.. values.Select(double.CreateChecked)];
        CheckCount(name, copy.Length, argument);
        int bad = Array.FindIndex(copy, value => !double.IsFinite(value));
        if (bad >= 0)
        {
            throw new ArgumentException(
                $"{Describe(name)} has {copy[bad]} at index {bad}; only finite numbers can be drawn.", argument);
        }
        return copy;
    }

    internal static void CheckSameLength(string? name, int expected, int actual, string argument)
    {
        if (expected != actual)
        {
            throw new ArgumentException(
                $"{Describe(name)} has {expected} positions, but {actual} {argument}.", argument);
        }
    }

    internal static Bounds BoundsOf(ReadOnlySpan<Vector2> points)
    {
        Vector2 low = points[0];
        Vector2 high = points[0];
        foreach (Vector2 point in points)
        {
            (low, high) = (Vector2.Min(low, point), Vector2.Max(high, point));
        }
        return new Bounds(low.X, high.X, low.Y, high.Y);
    }

    private static void CheckCount(string? name, int count, string argument)
    {
        if (count == 0)
        {
            throw new ArgumentException($"{Describe(name)} is empty.", argument);
        }
    }

    private static string Describe(string? name) => name is null ? "The series" : $"Series '{name}'";
}
