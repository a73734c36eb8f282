using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Metrics;

/// <summary>
/// Precision and recall by the balls around samples that reach to their k-th neighbours. Shapes: N, M samples;
/// F features.
/// </summary>
internal static class ManifoldComputation
{
    public static PrecisionRecall Measure(
        PointCloud generated, PointCloud real, FeatureMetricOptions options, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        using IDisposable withoutGradients = no_grad();
        (Tensor x, Tensor y) = (generated.ToDouble(), real.ToDouble()); // [N, F], [M, F]
        (bool[] Precise, bool[] Recalled) value = Compare(x, y, options.Neighbours, cancellationToken);
        var precisions = new double[options.Splits];
        var recalls = new double[options.Splits];
        for (int split = 0; split < options.Splits; split++)
        {
            (int[] part, int[] rest) = MetricDraws.Split(options.Seed, real.Count, generated.Count, split);
            (bool[] Precise, bool[] Recalled) floor =
                Compare(Pick(y, part), Pick(y, rest), options.Neighbours, cancellationToken);
            (precisions[split], recalls[split]) = (Share(floor.Precise), Share(floor.Recalled));
        }
        return new PrecisionRecall(
            Result(value.Precise, precisions, options, ofReal: false),
            Result(value.Recalled, recalls, options, ofReal: true));
    }

    private static (bool[] Precise, bool[] Recalled) Compare(
        Tensor x, Tensor y, int neighbours, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        return (Within(x, y, neighbours, cancellationToken), Within(y, x, neighbours, cancellationToken));
    }

    /// <summary>Whether each sample [N, F] is in the ball around one of the others [M, F].</summary>
    private static bool[] Within(Tensor samples, Tensor others, int neighbours, CancellationToken cancellationToken)
    {
        Tensor radii = Radii(others, neighbours, cancellationToken); // [M]
        var within = new List<bool>((int)samples.shape[0]);
        foreach ((_, Tensor rows) in samples.Blocks(others.shape[0]))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            within.AddRange(cdist(rows, others).le(radii).any(dim: 1).data<bool>().ToArray());
        }
        return [.. within];
    }

    /// <summary>The distance of each sample to its k-th neighbour, [M].</summary>
    private static Tensor Radii(Tensor samples, int neighbours, CancellationToken cancellationToken)
    {
        var radii = new List<Tensor>();
        foreach ((_, Tensor rows) in samples.Blocks(samples.shape[0]))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            // The nearest is the sample itself.
            Tensor nearest = cdist(rows, samples).topk(neighbours + 1, dim: 1, largest: false).Item1; // [B, k + 1]
            radii.Add(nearest.select(1, neighbours).clone().MoveToOuterDisposeScope());
        }
        return cat(radii);
    }

    private static MetricResult Result(bool[] hits, double[] floors, FeatureMetricOptions options, bool ofReal)
    {
        var resampled = new double[options.Resamples];
        for (int resample = 0; resample < resampled.Length; resample++)
        {
            int[] times = MetricDraws.Resample(options.Seed, hits.Length, resample, ofReal);
            resampled[resample] = times.Where((_, i) => hits[i]).Sum() / (double)hits.Length;
        }
        return MetricDraws.Result(Share(hits), floors, resampled);
    }

    private static Tensor Pick(Tensor samples, int[] places) =>
        samples.index_select(0, tensor(Array.ConvertAll(places, place => (long)place)));

    private static double Share(bool[] hits) => hits.Count(hit => hit) / (double)hits.Length;
}
