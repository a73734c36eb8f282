namespace Diffusion.Sdk.Metrics;

/// <summary>Quality and coverage apart; see <see cref="FeatureMetrics.PrecisionAndRecall"/>.</summary>
/// <param name="Precision">The share of generated samples that look real, in [0, 1].</param>
/// <param name="Recall">The share of real samples that could have been generated, in [0, 1].</param>
public sealed record PrecisionRecall(MetricResult Precision, MetricResult Recall);
