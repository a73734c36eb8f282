namespace Diffusion.Sdk.Training;

/// <summary>Where a training stands.</summary>
public sealed record TrainingProgress
{
    /// <summary>Steps made so far.</summary>
    public required long Step { get; init; }

    /// <summary>Steps of the whole training.</summary>
    public required long TotalSteps { get; init; }

    /// <summary>Mean loss since the last report.</summary>
    public required double Loss { get; init; }

    /// <summary>How many times the training has gone through all data, whole passes.</summary>
    public required long Epochs { get; init; }

    /// <summary>Mean loss of the last whole pass; null before its end.</summary>
    public required double? EpochLoss { get; init; }

    /// <summary>The learning rate of the last step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>
    /// The two-norm of the gradients of all weights together in the last step, before
    /// <see cref="TrainingOptions.MaxGradientNorm"/> bounded it.
    /// </summary>
    public required double GradientNorm { get; init; }

    /// <summary>Time since this run began; a resumed run counts from its resumption.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>
    /// How long the rest will take at the speed so far, or until the time limit; zero at the end.
    /// </summary>
    public required TimeSpan TimeLeft { get; init; }

    /// <summary>The checkpoint that has just become safe on the disk; null in reports without one.</summary>
    public string? CheckpointSaved { get; init; }
}
