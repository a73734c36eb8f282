namespace Diffusion.Sdk.Pipelines;

/// <summary>One step of a generation: what the samples are after it. Managed memory only, nothing to dispose.</summary>
/// <param name="Index">Which step it was, in [0, <paramref name="Count"/>).</param>
/// <param name="Count">How many steps the run has; the last one's samples are the result.</param>
/// <param name="Timestep">The timestep that the step left, an index in [0, T).</param>
/// <param name="Samples">The samples after the step, [N, ...], in the units of the training data.</param>
/// <param name="PredOriginalSamples">
/// The clean samples that the denoiser saw in the noise before the step, [N, ...]; null unless
/// <see cref="GenerateOptions.PredictOriginal"/> asks for them.
/// </param>
public sealed record DenoisingStep(int Index, int Count, long Timestep, Samples Samples, Samples? PredOriginalSamples)
{
    /// <summary>Whether <see cref="Samples"/> are the result.</summary>
    public bool IsLast => Index == Count - 1;
}
