using static TorchSharp.torch;

namespace Diffusion.Sdk.Metrics;

/// <summary>
/// The squared maximum mean discrepancy with the cubic kernel, for many weightings of the samples in one pass over all
/// pairs: value, resamples and splits are weightings. Shapes: N, M samples; F features; W weightings.
/// </summary>
internal static class KernelComputation
{
    public static MetricResult Measure(
        PointCloud generated, PointCloud real, FeatureMetricOptions options, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        using IDisposable withoutGradients = no_grad();
        (Tensor x, Tensor y) = (generated.ToDouble(), real.ToDouble()); // [N, F], [M, F]
        Tensor ofX = Matrix([Ones(generated.Count), .. Resamples(generated.Count, options, ofReal: false)]);
        Tensor ofY = Matrix([Ones(real.Count), .. Resamples(real.Count, options, ofReal: true)]);
        Tensor values = Within(x, ofX, cancellationToken) + Within(y, ofY, cancellationToken)
            - 2 * Between(x, ofX, y, ofY, cancellationToken); // [1 + resamples]
        double[] floors = Floors(y, generated.Count, options, cancellationToken);
        double[] all = values.ToArray();
        return MetricDraws.Result(all[0], floors, all.AsSpan(1));
    }

    private static double[] Floors(
        Tensor real, int generated, FeatureMetricOptions options, CancellationToken cancellationToken)
    {
        if (options.Splits == 0)
        {
            return [];
        }
        int count = (int)real.shape[0];
        (int[] Part, int[] Others)[] splits = [.. Enumerable.Range(0, options.Splits)
            .Select(split => MetricDraws.Split(options.Seed, count, generated, split))];
        Tensor parts = Matrix([.. splits.Select(split => Chosen(split.Part, count))]);
        Tensor rests = 1 - parts;
        Tensor floors = Within(real, parts, cancellationToken) + Within(real, rests, cancellationToken)
            - 2 * Between(real, parts, real, rests, cancellationToken);
        return floors.ToArray();
    }

    /// <summary>
    /// The weighted mean of the kernel over all pairs of different samples, [W]. A sample drawn twice makes no pair
    /// with itself, so that resamples stay unbiased.
    /// </summary>
    private static Tensor Within(Tensor x, Tensor weights, CancellationToken cancellationToken)
    {
        Tensor squares = weights.square(); // [W, N]
        Tensor own = Cube(x.square().sum(dim: 1) / x.shape[1]); // [N]
        Tensor sum = Sum(x, weights, x, weights, cancellationToken) - squares.matmul(own);
        return sum / (weights.sum(dim: 1).square() - squares.sum(dim: 1));
    }

    /// <summary>The weighted mean of the kernel over all pairs of one of each, [W].</summary>
    private static Tensor Between(
        Tensor x, Tensor ofX, Tensor y, Tensor ofY, CancellationToken cancellationToken) =>
        Sum(x, ofX, y, ofY, cancellationToken) / (ofX.sum(dim: 1) * ofY.sum(dim: 1));

    /// <summary>sum over i, j of ofX[w, i] k(x_i, y_j) ofY[w, j], [W].</summary>
    private static Tensor Sum(Tensor x, Tensor ofX, Tensor y, Tensor ofY, CancellationToken cancellationToken)
    {
        Tensor total = zeros([ofX.shape[0]], ScalarType.Float64);
        foreach ((long first, Tensor rows) in x.Blocks(y.shape[0]))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            Tensor kernel = Cube(rows.matmul(y.t()).div_(x.shape[1])); // [B, M]
            Tensor weighted = ofX.narrow(1, first, rows.shape[0]).matmul(kernel); // [W, M]
            total.add_(weighted.mul_(ofY).sum(dim: 1));
        }
        return total;
    }

    // (v + 1)^3, in place.
    private static Tensor Cube(Tensor values) => values.add_(1).pow_(3);

    private static Tensor Matrix(double[][] rows) =>
        tensor([.. rows.SelectMany(row => row)], [rows.Length, rows[0].Length]);

    private static IEnumerable<double[]> Resamples(int count, FeatureMetricOptions options, bool ofReal) =>
        Enumerable.Range(0, options.Resamples).Select(resample => Array.ConvertAll(
            MetricDraws.Resample(options.Seed, count, resample, ofReal), times => (double)times));

    private static double[] Ones(int count) => [.. Enumerable.Repeat(1.0, count)];

    private static double[] Chosen(int[] places, int count)
    {
        var chosen = new double[count];
        Array.ForEach(places, place => chosen[place] = 1);
        return chosen;
    }
}
