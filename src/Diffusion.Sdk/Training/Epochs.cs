namespace Diffusion.Sdk.Training;

/// <summary>
/// Passes through the data, counted in samples: epoch e ends when (e + 1) * N samples have been seen. A batch that runs
/// across its end belongs to both.
/// </summary>
/// <param name="Samples">N, how many samples the data have.</param>
/// <param name="BatchSize">Samples of a step.</param>
internal readonly record struct Epochs(int Samples, int BatchSize)
{
    /// <summary>How many epochs are complete after so many steps.</summary>
    public long Completed(long steps) => steps * BatchSize / Samples;

    /// <summary>The mean loss of a complete epoch, counted from 0.</summary>
    public double MeanLoss(List<float> losses, long epoch)
    {
        long first = epoch * Samples / BatchSize;
        long end = ((epoch + 1) * Samples + BatchSize - 1) / BatchSize;
        return losses.GetRange((int)first, (int)(end - first)).Average();
    }

    /// <summary>The mean loss of every complete epoch.</summary>
    public IReadOnlyList<double> MeanLosses(List<float> losses)
    {
        var means = new double[Completed(losses.Count)];
        for (int epoch = 0; epoch < means.Length; epoch++)
        {
            means[epoch] = MeanLoss(losses, epoch);
        }
        return Array.AsReadOnly(means);
    }
}
