using Diffusion.Sdk.Denoisers;

namespace Diffusion.Sdk.Training;

/// <summary>
/// What a training leaves behind, besides the trained denoiser itself. To be disposed, for the averages.
/// </summary>
public sealed class TrainingResult : IDisposable
{
    internal TrainingResult(
        TrainingState state, Epochs epochs, string? checkpoint) =>
        (Steps, Losses, EpochLosses, Ema, RollBacks, LastCheckpoint) = (
            state.Step, Array.AsReadOnly(state.Losses.ToArray()), epochs.MeanLosses(state.Losses), state.Ema,
            state.RollBacks, checkpoint);

    /// <summary>Steps made, those before a resumption included.</summary>
    public long Steps { get; }

    /// <summary>The loss of each step.</summary>
    public IReadOnlyList<float> Losses { get; }

    /// <summary>
    /// Mean loss of each whole pass through the data. A batch that runs across the end of one counts in both.
    /// </summary>
    public IReadOnlyList<double> EpochLosses { get; }

    /// <summary>The averages, in the order of <see cref="TrainingOptions.Ema"/>.</summary>
    public IReadOnlyList<EmaModel> Ema { get; }

    /// <summary>How often the training went back to an earlier state because a number was not finite.</summary>
    public int RollBacks { get; }

    /// <summary>
    /// In which numbers the denoiser computed: <see cref="Precision.Full"/> or <see cref="Precision.BFloat16"/>.
    /// </summary>
    public Precision Precision { get; internal init; }

    /// <summary>The path of the last checkpoint; null where none is kept.</summary>
    public string? LastCheckpoint { get; }

    /// <summary>Mean loss of the last steps up to a given one.</summary>
    /// <param name="step">How many steps were made by then, in [1, Steps].</param>
    /// <param name="window">Over how many steps, at least 1; fewer where the training is younger.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public double MeanLoss(long step, int window = 500)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(step, Losses.Count);
        return Losses.Take((int)step).Skip((int)Math.Max(0, step - window)).Average();
    }

    /// <summary>Frees the averages.</summary>
    public void Dispose()
    {
        foreach (EmaModel average in Ema)
        {
            average.Dispose();
        }
    }
}
