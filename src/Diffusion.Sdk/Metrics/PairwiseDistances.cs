using System.Numerics.Tensors;

namespace Diffusion.Sdk.Metrics;

/// <summary>Sums over all pairs of points, one point against all others at a time.</summary>
internal static class PairwiseDistances
{
    /// <summary>2 E|X - Y| - E|X - X'| - E|Y - Y'|, a point with itself included.</summary>
    public static double Energy(PointCloud a, PointCloud b)
    {
        double between = SumBetween(a, b, SumOfRoots) / ((double)a.Count * b.Count);
        double withinA = 2 * SumWithin(a, SumOfRoots) / ((double)a.Count * a.Count);
        double withinB = 2 * SumWithin(b, SumOfRoots) / ((double)b.Count * b.Count);
        return 2 * between - withinA - withinB;
    }

    /// <summary>The unbiased estimate of the squared maximum mean discrepancy.</summary>
    public static double Discrepancy(PointCloud a, PointCloud b, double bandwidth)
    {
        float scale = (float)(-1 / (2 * bandwidth * bandwidth));
        double SumOfKernels(Span<float> squares)
        {
            TensorPrimitives.Multiply(squares, scale, squares);
            TensorPrimitives.Exp(squares, squares);
            return TensorPrimitives.Sum<float>(squares);
        }
        double between = SumBetween(a, b, SumOfKernels) / ((double)a.Count * b.Count);
        double withinA = 2 * SumWithin(a, SumOfKernels) / ((double)a.Count * (a.Count - 1));
        double withinB = 2 * SumWithin(b, SumOfKernels) / ((double)b.Count * (b.Count - 1));
        return withinA + withinB - 2 * between;
    }

    /// <summary>The median distance of two different points.</summary>
    public static double Median(PointCloud points)
    {
        var squares = new List<float>(points.Count * (points.Count - 1) / 2);
        SumWithin(points, row =>
        {
            squares.AddRange(row);
            return 0;
        });
        squares.Sort();
        return Math.Sqrt(squares[squares.Count / 2]);
    }

    private static double SumOfRoots(Span<float> squares)
    {
        TensorPrimitives.Sqrt(squares, squares);
        return TensorPrimitives.Sum<float>(squares);
    }

    // reduce turns the squared distances of one point to others into a sum; it may overwrite them.
    private static double SumBetween(PointCloud a, PointCloud b, Func<Span<float>, double> reduce)
    {
        var rows = new SquaredDistances(b);
        double sum = 0;
        for (int i = 0; i < a.Count; i++)
        {
            sum += reduce(rows.To(a.Values.Span.Slice(i * a.Dimensions, a.Dimensions), from: 0));
        }
        return sum;
    }

    // Each pair once.
    private static double SumWithin(PointCloud points, Func<Span<float>, double> reduce)
    {
        var rows = new SquaredDistances(points);
        double sum = 0;
        for (int i = 0; i < points.Count - 1; i++)
        {
            sum += reduce(rows.To(points.Values.Span.Slice(i * points.Dimensions, points.Dimensions), from: i + 1));
        }
        return sum;
    }

    /// <summary>
    /// Squared distances of a point to the points of a set, dimension by dimension so that they vectorise.
    /// </summary>
    private sealed class SquaredDistances(PointCloud points)
    {
        private readonly float[][] _columns = points.Columns();
        private readonly float[] _squares = new float[points.Count];
        private readonly float[] _differences = new float[points.Count];

        public Span<float> To(ReadOnlySpan<float> point, int from)
        {
            Span<float> squares = _squares.AsSpan(from);
            Span<float> differences = _differences.AsSpan(from);
            squares.Clear();
            for (int d = 0; d < point.Length; d++)
            {
                TensorPrimitives.Subtract(_columns[d].AsSpan(from), point[d], differences);
                TensorPrimitives.MultiplyAdd(differences, differences, squares, squares);
            }
            return squares;
        }
    }
}
