namespace Diffusion.Sdk.Benchmarks;

/// <summary>
/// Seconds of both sides for the same work, measured in turns so that the machine's moods hit both alike.
/// </summary>
/// <param name="Work">What was done.</param>
/// <param name="Steps">How many steps a run has.</param>
/// <param name="Ours">Seconds of our runs.</param>
/// <param name="Theirs">Seconds of PyTorch's runs.</param>
internal sealed record Comparison(string Work, int Steps, double[] Ours, double[] Theirs)
{
    /// <summary>Our steps in a second, by the median.</summary>
    public double OurRate => Steps / Median(Ours);

    /// <summary>PyTorch's steps in a second, by the median.</summary>
    public double TheirRate => Steps / Median(Theirs);

    /// <summary>How many times faster we are: the ratio of the medians.</summary>
    public double Ratio => OurRate / TheirRate;

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
        string work, int steps, int rounds, Func<double> ours, Func<double> theirs, Action<int> roundDone)
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
            roundDone(round + 1);
        }
        return new Comparison(work, steps, [.. our], [.. their]);
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
