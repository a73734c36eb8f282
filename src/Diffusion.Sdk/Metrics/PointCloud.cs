using System.Numerics;
using System.Runtime.InteropServices;

namespace Diffusion.Sdk.Metrics;

/// <summary>
/// Points that a metric compares: float32 [N, D], row-major and finite (N points, D dimensions). Nothing is copied.
/// </summary>
public sealed class PointCloud
{
    /// <summary>Takes points; the memory may not change while a metric works on it.</summary>
    /// <param name="values">[N, D], N at least 1.</param>
    /// <param name="dimensions">D, at least 1.</param>
    /// <exception cref="ArgumentException">
    /// There are no points, the length is no multiple of D, or a number is not finite.
    /// </exception>
    public PointCloud(ReadOnlyMemory<float> values, int dimensions)
    {
        if (dimensions < 1 || values.Length == 0 || values.Length % dimensions != 0)
        {
            throw new ArgumentException(
                $"{values.Length} numbers are no points of {dimensions} dimensions; expected at least one point.",
                nameof(values));
        }
        (Values, Dimensions, Count) = (values, dimensions, values.Length / dimensions);
        ReadOnlySpan<float> all = values.Span;
        for (int i = 0; i < all.Length; i++)
        {
            if (!float.IsFinite(all[i]))
            {
                throw new ArgumentException(
                    $"Point {i / dimensions} holds {all[i]} in dimension {i % dimensions}; all numbers must be finite.",
                    nameof(values));
            }
        }
    }

    /// <summary>All numbers, row-major [N, D].</summary>
    public ReadOnlyMemory<float> Values { get; }

    /// <summary>The number of dimensions (D).</summary>
    public int Dimensions { get; }

    /// <summary>The number of points (N).</summary>
    public int Count { get; }

    /// <summary>Points in an array; copied.</summary>
    /// <param name="points">[N, D].</param>
    /// <exception cref="ArgumentException">There are no points, or a number is not finite.</exception>
    public static PointCloud From(float[,] points)
    {
        ArgumentNullException.ThrowIfNull(points);
        return new(points.Cast<float>().ToArray(), points.GetLength(1));
    }

    /// <summary>Points of the plane; copied.</summary>
    /// <param name="points">N points.</param>
    /// <exception cref="ArgumentException">There are no points, or a number is not finite.</exception>
    public static PointCloud From(ReadOnlySpan<Vector2> points) =>
        new(MemoryMarshal.Cast<Vector2, float>(points).ToArray(), 2);

    /// <summary>The points of the given places.</summary>
    internal PointCloud Pick(ReadOnlySpan<int> places)
    {
        var picked = new float[places.Length * Dimensions];
        for (int i = 0; i < places.Length; i++)
        {
            Values.Span.Slice(places[i] * Dimensions, Dimensions).CopyTo(picked.AsSpan(i * Dimensions));
        }
        return new PointCloud(picked, Dimensions);
    }

    /// <summary>One array per dimension, [D][N].</summary>
    internal float[][] Columns()
    {
        float[][] columns = [.. Enumerable.Range(0, Dimensions).Select(_ => new float[Count])];
        ReadOnlySpan<float> all = Values.Span;
        for (int i = 0; i < all.Length; i++)
        {
            columns[i % Dimensions][i / Dimensions] = all[i];
        }
        return columns;
    }
}
