namespace Diffusion.Sdk.Training;

/// <summary>
/// What a training does when a loss, a gradient, a weight or an average is no longer a finite number.
/// </summary>
public enum NonFiniteAction
{
    /// <summary>
    /// Ends with a <see cref="TrainingDivergedException"/>; the step that failed has changed nothing.
    /// </summary>
    Stop,

    /// <summary>
    /// Goes back to the last good state, at most 100 steps, and goes on with half the learning rate; after the third
    /// time it ends like <see cref="Stop"/>.
    /// </summary>
    RollBack,
}
