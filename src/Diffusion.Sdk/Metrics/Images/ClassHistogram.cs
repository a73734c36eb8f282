using System.Globalization;

namespace Diffusion.Sdk.Metrics;

/// <summary>How many samples are of each class.</summary>
public sealed class ClassHistogram
{
    private readonly int[] _counts;

    /// <summary>Takes counts.</summary>
    /// <param name="counts">Samples of each class, [K], each at least 0, at least one above; copied.</param>
    /// <exception cref="ArgumentException">There is no class or no sample, or a count is negative.</exception>
    public ClassHistogram(ReadOnlySpan<int> counts)
    {
        _counts = counts.ToArray();
        if (Array.Exists(_counts, count => count < 0) || _counts.Sum() == 0)
        {
            throw new ArgumentException(
                $"The counts are [{string.Join(", ", _counts)}]; expected numbers of at least 0, not all of them 0.",
                nameof(counts));
        }
        Total = _counts.Sum();
    }

    /// <summary>How many samples there are (N).</summary>
    public int Total { get; }

    /// <summary>Samples of each class, [K].</summary>
    public IReadOnlyList<int> Counts => _counts;

    /// <summary>The share of each class, [K]; they sum to 1.</summary>
    public IReadOnlyList<double> Shares => Array.ConvertAll(_counts, count => count / (double)Total);

    /// <summary>Counts labels.</summary>
    /// <param name="labels">The class of each sample, [N], in [0, K); N at least 1.</param>
    /// <param name="classes">K, at least 1.</param>
    /// <exception cref="ArgumentException">There is no label, or one is out of range.</exception>
    public static ClassHistogram Of(ReadOnlySpan<long> labels, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        var counts = new int[classes];
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] < 0 || labels[i] >= classes)
            {
                throw new ArgumentException(
                    $"Sample {i} has the label {labels[i]}; expected one in [0, {classes}).", nameof(labels));
            }
            counts[labels[i]]++;
        }
        return new ClassHistogram(counts);
    }

    /// <summary>
    /// Total variation distance of the shares, half the sum of their absolute differences: the share of samples that
    /// would have to change class. In [0, 1].
    /// </summary>
    /// <param name="other">As many classes.</param>
    /// <exception cref="ArgumentException">The numbers of classes differ.</exception>
    public double DistanceTo(ClassHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other._counts.Length != _counts.Length)
        {
            throw new ArgumentException(
                $"One histogram has {_counts.Length} classes, the other {other._counts.Length}.", nameof(other));
        }
        return Distance(Shares, other.Shares);
    }

    /// <summary>The total variation distance to equal shares, in [0, 1 - 1 / K].</summary>
    public double DistanceToUniform() =>
        Distance(Shares, [.. Enumerable.Repeat(1.0 / _counts.Length, _counts.Length)]);

    /// <summary>The total variation distance of generated and real classes, with interval and floor.</summary>
    /// <param name="generated">[K].</param>
    /// <param name="real">[K]; at least 2 samples for a floor.</param>
    /// <param name="options">Splits, resamples, seed.</param>
    /// <value>Null for <paramref name="options"/> means 5 splits, 100 resamples.</value>
    /// <exception cref="ArgumentException">The numbers of classes differ, or there are too few samples.</exception>
    /// <remarks>
    /// Equal distributions give about sqrt(K / (2 pi N)) rather than 0: that is what the floor shows.
    /// </remarks>
    public static MetricResult Compare(
        ClassHistogram generated, ClassHistogram real, FeatureMetricOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(generated);
        ArgumentNullException.ThrowIfNull(real);
        options ??= new();
        double value = generated.DistanceTo(real);
        if (options.Splits > 0 && real.Total < 2)
        {
            throw new ArgumentException(
                $"There are {real.Total} real samples; a floor needs at least 2.", nameof(real));
        }
        (int[] ofGenerated, int[] ofReal) = (generated.Labels(), real.Labels());
        int classes = real._counts.Length;
        double[] floors = [.. Enumerable.Range(0, options.Splits).Select(split =>
        {
            (int[] part, int[] others) = MetricDraws.Split(options.Seed, real.Total, generated.Total, split);
            return Count(part.Select(place => ofReal[place]), classes)
                .DistanceTo(Count(others.Select(place => ofReal[place]), classes));
        })];
        double[] resampled = [.. Enumerable.Range(0, options.Resamples).Select(resample =>
            Resampled(ofGenerated, classes, options.Seed, resample, ofReal: false)
                .DistanceTo(Resampled(ofReal, classes, options.Seed, resample, ofReal: true)))];
        return MetricDraws.Result(value, floors, resampled);
    }

    /// <summary>The shares in percent, such as "9.8 10.1 ...".</summary>
    public override string ToString() =>
        string.Join(" ", Shares.Select(share => (100 * share).ToString("F1", CultureInfo.InvariantCulture)));

    private static ClassHistogram Resampled(int[] labels, int classes, long seed, int resample, bool ofReal)
    {
        int[] times = MetricDraws.Resample(seed, labels.Length, resample, ofReal);
        return Count(labels.SelectMany((label, i) => Enumerable.Repeat(label, times[i])), classes);
    }

    private static ClassHistogram Count(IEnumerable<int> labels, int classes)
    {
        var counts = new int[classes];
        foreach (int label in labels)
        {
            counts[label]++;
        }
        return new ClassHistogram(counts);
    }

    private static double Distance(IReadOnlyList<double> a, IReadOnlyList<double> b) =>
        a.Zip(b, (x, y) => Math.Abs(x - y)).Sum() / 2;

    // One label for each sample, in the order of the classes.
    private int[] Labels() => [.. _counts.SelectMany((count, label) => Enumerable.Repeat(label, count))];
}
