namespace Diffusion.Sdk.Metrics;

/// <summary>Where the training of an <see cref="ImageClassifier"/> stands.</summary>
/// <param name="Step">Steps made.</param>
/// <param name="TotalSteps">Steps of the whole training.</param>
/// <param name="Loss">Mean cross entropy since the last report.</param>
public sealed record ImageClassifierProgress(long Step, long TotalSteps, double Loss);
