using Diffusion.Sdk.Schedulers;

namespace Diffusion.Sdk.Training;

/// <summary>Where and when a training saves itself, so that it can go on later as if it had never stopped.</summary>
public sealed record CheckpointOptions
{
    /// <summary>The folder of the checkpoints; made if it is missing.</summary>
    public required string Directory { get; init; }

    /// <summary>Steps between two checkpoints, at least 1. The last step and a cancelled run save one too.</summary>
    /// <value>1000.</value>
    public long Every { get; init; } = 1000;

    /// <summary>How many checkpoints stay; older ones are deleted after a new one is safe. At least 1.</summary>
    /// <value>3.</value>
    public int Keep { get; init; } = 3;

    /// <summary>Checks every range.</summary>
    /// <exception cref="ArgumentException">
    /// A value is out of its range; the message names it, the value and what is expected.
    /// </exception>
    public void Validate()
    {
        SchedulerConfigRules.Require(
            !string.IsNullOrWhiteSpace(Directory), nameof(Directory), $"\"{Directory}\"", "the path of a folder");
        SchedulerConfigRules.Require(Every >= 1, nameof(Every), Every, "an integer of at least 1");
        SchedulerConfigRules.AtLeast(Keep, 1, nameof(Keep));
    }
}
