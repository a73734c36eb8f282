namespace Diffusion.Sdk.Metrics;

/// <summary>What a classifier takes an image for.</summary>
/// <param name="Label">The class, from 0 on.</param>
/// <param name="Confidence">The probability that the classifier gives it, in [1 / K, 1] of K classes.</param>
public readonly record struct ImageClass(long Label, double Confidence);
