namespace Diffusion.Sdk.Benchmarks;

/// <summary>
/// Seconds of both sides for the same work, measured in turns so that the machine's moods hit both alike.
/// </summary>
/// <param name="Work">What was done.</param>
/// <param name="Ours">Seconds of our runs.</param>
/// <param name="Theirs">Seconds of PyTorch's runs.</param>
internal sealed record Comparison(string Work, double[] Ours, double[] Theirs)
{
    public double OurMedian => Median(Ours);

    public double TheirMedian => Median(Theirs);

    /// <summary>How many times faster we are: the ratio of the medians.</summary>
    public double Ratio => TheirMedian / OurMedian;

    /// <summary>The least and the greatest ratio of two neighbouring runs.</summary>
    public (double Low, double High) Spread
    {
        get
        {
            double[] ratios = [.. Ours.Zip(Theirs, (ours, theirs) => theirs / ours)];
            return (ratios.Min(), ratios.Max());
        }
    }

    /// <summary>Runs both sides in turns, after one round that warms both up and is not counted.</summary>
    public static Comparison Measure(
        string work, int rounds, Func<double> ours, Func<double> theirs, Action<int>? roundDone = null)
    {
        var our = new List<double>();
        var their = new List<double>();
        for (int round = -1; round < rounds; round++)
        {
            double mine = ours();
            double other = theirs();
            if (round >= 0)
            {
                our.Add(mine);
                their.Add(other);
            }
            roundDone?.Invoke(round + 1);
        }
        return new Comparison(work, [.. our], [.. their]);
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
