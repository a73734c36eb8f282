namespace Diffusion.Sdk.Training;

/// <summary>One piece of a piecewise constant schedule.</summary>
/// <param name="Until">The first step that the piece no longer covers, at least 1.</param>
/// <param name="Factor">Factor on the base learning rate, at least 0.</param>
public sealed record LearningRatePiece(long Until, double Factor);
