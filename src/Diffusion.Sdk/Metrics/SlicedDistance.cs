using System.Numerics.Tensors;
using Diffusion.Sdk.Numerics;

namespace Diffusion.Sdk.Metrics;

/// <summary>The sliced Wasserstein-1 distance of two sets of points.</summary>
internal static class SlicedDistance
{
    public static double Of(PointCloud a, PointCloud b, PointMetricOptions options)
    {
        float[][] directions = Directions(a.Dimensions, options);
        float[][] columnsA = a.Columns();
        float[][] columnsB = b.Columns();
        var distances = new double[directions.Length];
        int largest = Math.Max(a.Count, b.Count);
        (FloatSort Sort, float[] A, float[] B) Buffers() => (new(largest), new float[a.Count], new float[b.Count]);
        Parallel.For(0, directions.Length, Buffers, (i, _, buffers) =>
        {
            Project(columnsA, directions[i], buffers.A);
            Project(columnsB, directions[i], buffers.B);
            buffers.Sort.Sort(buffers.A);
            buffers.Sort.Sort(buffers.B);
            distances[i] = QuantileDistance(buffers.A, buffers.B, options.Quantiles);
            return buffers;
        }, _ => { });
        return distances.Average(); // in order, so that the sum does not depend on the threads
    }

    /// <summary>Unit vectors, uniform on the sphere: normal numbers divided by their length.</summary>
    public static float[][] Directions(int dimensions, PointMetricOptions options)
    {
        var normal = new float[options.Directions * dimensions];
        new PhiloxStreams(options.Seed).Normal(RandomPurpose.Metric, 0, options.Directions, 0, normal);
        return [.. normal.Chunk(dimensions).Select(vector =>
        {
            float length = TensorPrimitives.Norm<float>(vector);
            return length > 0 ? [.. vector.Select(v => v / length)] : (float[])[1, .. new float[dimensions - 1]];
        })];
    }

    /// <summary>
    /// The mean absolute difference of the quantiles at levels (i + 1/2) / quantiles. The k-th of n sorted values
    /// stands for the level (k + 1/2) / n; between two values it is linear, beyond the outermost it is constant.
    /// </summary>
    public static double QuantileDistance(ReadOnlySpan<float> sortedA, ReadOnlySpan<float> sortedB, int quantiles)
    {
        double sum = 0;
        for (int i = 0; i < quantiles; i++)
        {
            double level = (i + 0.5) / quantiles;
            sum += Math.Abs(Quantile(sortedA, level) - Quantile(sortedB, level));
        }
        return sum / quantiles;
    }

    private static double Quantile(ReadOnlySpan<float> sorted, double level)
    {
        double place = Math.Clamp(level * sorted.Length - 0.5, 0, sorted.Length - 1);
        int below = (int)place;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (place - below) * ((double)sorted[above] - sorted[below]);
    }

    private static void Project(float[][] columns, float[] direction, float[] projection)
    {
        Array.Clear(projection);
        for (int d = 0; d < columns.Length; d++)
        {
            TensorPrimitives.MultiplyAdd(columns[d], direction[d], projection, projection);
        }
    }
}
