namespace Diffusion.Sdk.Metrics;

/// <summary>How an <see cref="ImageClassifier"/> is trained.</summary>
public sealed record ImageClassifierOptions
{
    /// <summary>How often all images are seen; at least 1.</summary>
    /// <value>3.</value>
    /// <exception cref="ArgumentOutOfRangeException">Set to a number below 1.</exception>
    public int Epochs
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(Epochs));
            field = value;
        }
    } = 3;

    /// <summary>Images of a step; at least 1.</summary>
    /// <value>128.</value>
    /// <exception cref="ArgumentOutOfRangeException">Set to a number below 1.</exception>
    public int BatchSize
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(BatchSize));
            field = value;
        }
    } = 128;

    /// <summary>The learning rate of the first step, which falls to 0 along a line; finite and above 0.</summary>
    /// <value>0.002.</value>
    /// <exception cref="ArgumentOutOfRangeException">Set to a number out of range.</exception>
    public double LearningRate
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(LearningRate));
            ArgumentOutOfRangeException.ThrowIfEqual(double.IsFinite(value), false, nameof(LearningRate));
            field = value;
        }
    } = 2e-3;

    /// <summary>The seed of initial weights and of the order of the images.</summary>
    /// <value>0.</value>
    public long Seed { get; init; }
}
