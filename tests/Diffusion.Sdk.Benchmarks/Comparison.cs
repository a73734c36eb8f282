namespace Diffusion.Sdk.Benchmarks;

/// <summary>
/// Seconds of both sides for the same work, measured in turns so that the machine's moods hit both alike.
/// </summary>
/// <param name="Work">What was done.</param>
/// <param name="Flops">Operations of its matrix products and convolutions.</param>
/// <param name="Ours">Seconds of our runs.</param>
/// <param name="Theirs">Seconds of PyTorch's runs.</param>
/// <param name="OurMemory">The most that this process had resident meanwhile, in MiB.</param>
/// <param name="TheirMemory">And the peer's.</param>
internal sealed record Comparison(
    Work Work, double Flops, double[] Ours, double[] Theirs, double OurMemory, double TheirMemory)
{
    /// <summary>Our time, the median.</summary>
    public double OurSeconds => Median(Ours);

    /// <summary>PyTorch's time, the median.</summary>
    public double TheirSeconds => Median(Theirs);

    /// <summary>How many times faster we are: the ratio of the medians.</summary>
    public double Ratio => TheirSeconds / OurSeconds;

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
        Work work, double flops, int rounds, Func<double> ours, Peer peer, Func<double> theirs, Action roundDone)
    {
        var our = new List<double>();
        var their = new List<double>();
        Machine.ResetPeak(Environment.ProcessId);
        Machine.ResetPeak(peer.ProcessId);
        for (int round = -1; round < rounds; round++)
        {
            double mine = ours();
            double other = theirs();
            if (round >= 0)
            {
                our.Add(mine);
                their.Add(other);
            }
            roundDone();
        }
        return new Comparison(
            work, flops, [.. our], [.. their], Machine.PeakMemoryMiB(Environment.ProcessId),
            Machine.PeakMemoryMiB(peer.ProcessId));
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
