using Diffusion.Sdk.Pipelines;

namespace Diffusion.Sdk.Training;

/// <summary>A training as it would be if it ended now. What is done with it does not change the training.</summary>
/// <param name="Step">Steps made so far.</param>
/// <param name="Pipeline">
/// The denoiser with the weights it would be left with (<see cref="TrainingOptions.FinalWeights"/>), and the training's
/// scheduler. Only to be used during the call.
/// </param>
public sealed record TrainingPreview(long Step, DdpmPipeline Pipeline);
