namespace Diffusion.Sdk.Pipelines;

/// <summary>
/// How far a generation is. Samples go through in blocks, each through all steps before the next, so the steps of all
/// blocks are counted.
/// </summary>
/// <param name="CompletedSteps">Steps done so far, over all blocks.</param>
/// <param name="TotalSteps">Steps of the whole run: blocks times denoising steps.</param>
/// <param name="CompletedSamples">Samples that are finished.</param>
/// <param name="TotalSamples">Samples that were asked for.</param>
public readonly record struct GenerateProgress(
    long CompletedSteps, long TotalSteps, int CompletedSamples, int TotalSamples)
{
    /// <summary>The part of the work that is done, in [0, 1].</summary>
    public double Fraction => TotalSteps == 0 ? 0 : (double)CompletedSteps / TotalSteps;
}
