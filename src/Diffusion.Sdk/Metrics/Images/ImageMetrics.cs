using Diffusion.Sdk.Data;

namespace Diffusion.Sdk.Metrics;

/// <summary>Everything there is to measure about generated images, in one call.</summary>
public static class ImageMetrics
{
    /// <summary>Compares images by their features.</summary>
    /// <param name="generated">Generated images [C, H, W], values in [-1, 1]; at least 4.</param>
    /// <param name="real">
    /// Real images, best those that were not trained on, and at least twice as many; at least 8.
    /// </param>
    /// <param name="extractor">What sees the images.</param>
    /// <param name="options">Neighbours, splits, resamples, seed; null for the defaults.</param>
    /// <param name="cancellationToken">Stops between two batches or computations.</param>
    /// <exception cref="ArgumentException">The images do not suit the extractor, or are too few.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ImageReport Compare(
        TrainingData generated, TrainingData real, IImageFeatureExtractor extractor,
        FeatureMetricOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(extractor);
        return Compare(
            extractor.Extract(generated, cancellationToken: cancellationToken),
            extractor.Extract(real, cancellationToken: cancellationToken), options, cancellationToken);
    }

    /// <summary>
    /// As the other overload, for features that are there already: those of the real images serve many comparisons.
    /// </summary>
    /// <param name="generated">Features of generated images; at least 4.</param>
    /// <param name="real">Features of real images, by the same extractor; at least 8.</param>
    /// <param name="options">Neighbours, splits, resamples, seed; null for the defaults.</param>
    /// <param name="cancellationToken">Stops between two computations.</param>
    /// <exception cref="ArgumentException">The features are of two extractors, or too few.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ImageReport Compare(
        ImageFeatures generated, ImageFeatures real, FeatureMetricOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(generated);
        ArgumentNullException.ThrowIfNull(real);
        if (generated.Description != real.Description)
        {
            throw new ArgumentException(
                $"The generated images are seen by {generated.Description}, the real ones by {real.Description}.",
                nameof(generated));
        }
        (PointCloud x, PointCloud y) = (generated.Vectors, real.Vectors);
        PrecisionRecall quality = FeatureMetrics.PrecisionAndRecall(x, y, options, cancellationToken);
        return new ImageReport
        {
            Features = $"{x.Dimensions} {real.Description}",
            Generated = x.Count,
            Real = y.Count,
            FrechetDistance = FeatureMetrics.FrechetDistance(x, y, options, cancellationToken),
            KernelDistance = FeatureMetrics.KernelDistance(x, y, options, cancellationToken),
            Precision = quality.Precision,
            Recall = quality.Recall,
            ClassDistance = generated.Classes is { } made && real.Classes is { } known
                ? ClassHistogram.Compare(made, known, options)
                : null,
            Classes = generated.Classes,
            RealClasses = real.Classes,
        };
    }
}
