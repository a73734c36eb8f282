namespace Diffusion.Sdk.Data;

/// <summary>
/// What data look like: mean and standard deviation of each number of a sample, and the range of all.
/// </summary>
public sealed class DataStatistics
{
    private DataStatistics(double[] mean, double[] deviation, float minimum, float maximum) =>
        (Mean, StandardDeviation, Minimum, Maximum) = (mean, deviation, minimum, maximum);

    /// <summary>The mean of each number of a sample, [D] or [C * H * W].</summary>
    public IReadOnlyList<double> Mean { get; }

    /// <summary>The standard deviation (over N, not N - 1) of each number of a sample, [D] or [C * H * W].</summary>
    public IReadOnlyList<double> StandardDeviation { get; }

    /// <summary>The smallest number of all.</summary>
    public float Minimum { get; }

    /// <summary>The largest number of all.</summary>
    public float Maximum { get; }

    internal static DataStatistics Of(TrainingData data)
    {
        var mean = new double[data.ValuesPerSample];
        var squares = new double[data.ValuesPerSample]; // sums of squared distances from the running mean (Welford)
        float minimum = float.PositiveInfinity;
        float maximum = float.NegativeInfinity;
        var sample = new float[data.ValuesPerSample];
        for (int i = 0; i < data.Count; i++)
        {
            data.CopyBatch([i], sample);
            for (int d = 0; d < sample.Length; d++)
            {
                double before = sample[d] - mean[d];
                mean[d] += before / (i + 1);
                squares[d] += before * (sample[d] - mean[d]);
                minimum = Math.Min(minimum, sample[d]);
                maximum = Math.Max(maximum, sample[d]);
            }
        }
        return new DataStatistics(mean, [.. squares.Select(sum => Math.Sqrt(sum / data.Count))], minimum, maximum);
    }
}
