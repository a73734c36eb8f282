using Diffusion.Sdk.Numerics;

namespace Diffusion.Sdk.Metrics;

/// <summary>
/// The random choices of metrics: splits of the real data for the floor, resamples for the interval. The same seed
/// gives the same choices to every metric.
/// </summary>
internal static class MetricDraws
{
    // Directions of sliced metrics use step 0 of the stream, splits the steps behind it, resamples those from here on.
    private const long FirstSplit = 1;
    private const long FirstResample = 1L << 32;

    /// <summary>The real data in the random order of a split.</summary>
    public static int[] Order(long seed, int count, int split) =>
        new PhiloxStreams(seed).Permutation(RandomPurpose.Metric, count, FirstSplit + split);

    /// <summary>A split of the real data: as many as were generated (at most half), and the rest.</summary>
    public static (int[] Part, int[] Others) Split(long seed, int real, int generated, int split)
    {
        int[] order = Order(seed, real, split);
        int part = Math.Min(generated, real / 2);
        return (order[..part], order[part..]);
    }

    /// <summary>How often each of [0, count) is drawn in count draws with replacement.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="resample">Which resample, from 0.</param>
    /// <param name="ofReal">Whether it is that of the real data; else that of the generated ones.</param>
    public static int[] Resample(long seed, int count, int resample, bool ofReal)
    {
        var places = new long[count];
        long step = FirstResample + 2L * resample + (ofReal ? 1 : 0);
        new PhiloxStreams(seed).Integers(RandomPurpose.Metric, 0, count, step, count, places);
        var times = new int[count];
        foreach (long place in places)
        {
            times[place]++;
        }
        return times;
    }

    /// <summary>The standard deviation over n - 1; NaN of fewer than two.</summary>
    public static double Deviation(ReadOnlySpan<double> values)
    {
        if (values.Length < 2)
        {
            return double.NaN;
        }
        double mean = Mean(values);
        double squares = 0;
        foreach (double value in values)
        {
            squares += (value - mean) * (value - mean);
        }
        return Math.Sqrt(squares / (values.Length - 1));
    }

    /// <summary>Value, floor and interval together.</summary>
    public static MetricResult Result(
        double value, ReadOnlySpan<double> floors, ReadOnlySpan<double> resampled) =>
        new(value, Mean(floors), Deviation(floors)) { Deviation = Deviation(resampled) };

    private static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }
        return values.Length > 0 ? sum / values.Length : double.NaN;
    }
}
