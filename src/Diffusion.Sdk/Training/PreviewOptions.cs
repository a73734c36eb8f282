using Diffusion.Sdk.Schedulers;

namespace Diffusion.Sdk.Training;

/// <summary>When to look at what a training can do so far, and what to do then.</summary>
public sealed record PreviewOptions
{
    /// <summary>Steps between two looks, at least 1.</summary>
    public required long Every { get; init; }

    /// <summary>
    /// Called after such a step, on the training's thread, which waits; a checkpoint of the same step is safe by then.
    /// What it throws ends the training.
    /// </summary>
    public required Action<TrainingPreview> Show { get; init; }

    /// <summary>Checks every range.</summary>
    /// <exception cref="ArgumentException">
    /// A value is out of its range; the message names it, the value and what is expected.
    /// </exception>
    public void Validate()
    {
        SchedulerConfigRules.Require(Every >= 1, nameof(Every), Every, "an integer of at least 1");
        ArgumentNullException.ThrowIfNull(Show);
    }
}
