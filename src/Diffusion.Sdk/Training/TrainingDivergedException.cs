namespace Diffusion.Sdk.Training;

/// <summary>
/// A training ended because a number was no longer finite. The denoiser holds its last finite weights.
/// </summary>
public sealed class TrainingDivergedException : InvalidOperationException
{
    /// <summary>Makes the exception with a general message.</summary>
    public TrainingDivergedException()
        : this("The training diverged.")
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What happened at which step, and what to do.</param>
    public TrainingDivergedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with its cause.</summary>
    /// <param name="message">What happened at which step, and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public TrainingDivergedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal TrainingDivergedException(string message, long step, IReadOnlyList<float> losses)
        : base(message) =>
        (Step, Losses) = (step, losses);

    /// <summary>How many steps were good; the next one failed.</summary>
    public long Step { get; }

    /// <summary>The loss of each good step.</summary>
    public IReadOnlyList<float> Losses { get; } = [];
}
