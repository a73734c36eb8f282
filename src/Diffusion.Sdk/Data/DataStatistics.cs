namespace Diffusion.Sdk.Data;

/// <summary>
/// What data look like: mean and standard deviation of each number of a sample, and the range of all.
/// </summary>
public sealed class DataStatistics
{
    private readonly float[] _least; // of each number of a sample
    private readonly float[] _most;

    private DataStatistics(double[] mean, double[] deviation, float[] least, float[] most)
    {
        (Mean, StandardDeviation, _least, _most) = (mean, deviation, least, most);
        (Minimum, Maximum) = (least.Min(), most.Max());
    }

    /// <summary>The mean of each number of a sample, [D] or [C * H * W].</summary>
    public IReadOnlyList<double> Mean { get; }

    /// <summary>The standard deviation (over N, not N - 1) of each number of a sample, [D] or [C * H * W].</summary>
    public IReadOnlyList<double> StandardDeviation { get; }

    /// <summary>The smallest number of all.</summary>
    public float Minimum { get; }

    /// <summary>The largest number of all.</summary>
    public float Maximum { get; }

    /// <summary>The largest distance of a number from its mean, in its deviations.</summary>
    internal double StandardizedReach => Enumerable.Range(0, Mean.Count)
        .Where(d => StandardDeviation[d] > 0)
        .Select(d => Math.Max(_most[d] - Mean[d], Mean[d] - _least[d]) / StandardDeviation[d])
        .DefaultIfEmpty(0).Max();

    internal static DataStatistics Of(TrainingData data)
    {
        var mean = new double[data.ValuesPerSample];
        var squares = new double[data.ValuesPerSample]; // sums of squared distances from the running mean (Welford)
        var least = new float[data.ValuesPerSample];
        var most = new float[data.ValuesPerSample];
        Array.Fill(least, float.PositiveInfinity);
        Array.Fill(most, float.NegativeInfinity);
        var sample = new float[data.ValuesPerSample];
        for (int i = 0; i < data.Count; i++)
        {
            data.CopyBatch([i], sample);
            for (int d = 0; d < sample.Length; d++)
            {
                double before = sample[d] - mean[d];
                mean[d] += before / (i + 1);
                squares[d] += before * (sample[d] - mean[d]);
                least[d] = Math.Min(least[d], sample[d]);
                most[d] = Math.Max(most[d], sample[d]);
            }
        }
        return new DataStatistics(mean, [.. squares.Select(sum => Math.Sqrt(sum / data.Count))], least, most);
    }
}
