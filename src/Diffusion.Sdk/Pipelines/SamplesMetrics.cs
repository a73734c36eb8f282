using Diffusion.Sdk.Data;
using Diffusion.Sdk.Metrics;

namespace Diffusion.Sdk.Pipelines;

/// <summary>Measures of what a pipeline generated, and the way from samples to data and back.</summary>
public static class SamplesMetrics
{
    /// <summary>Compares generated images with real ones; see <see cref="ImageMetrics"/>.</summary>
    /// <param name="samples">Images [N, C, H, W], N at least 4.</param>
    /// <param name="real">
    /// Real images, best those that were not trained on, and at least twice as many; at least 8.
    /// </param>
    /// <param name="extractor">What sees the images: an <see cref="ImageClassifier"/> or <see cref="InceptionV3"/>.
    /// </param>
    /// <param name="options">Neighbours, splits, resamples, seed; null for the defaults.</param>
    /// <param name="cancellationToken">Stops between two batches or computations.</param>
    /// <returns>A report, whose text is a table.</returns>
    /// <exception cref="ArgumentException">
    /// The samples are no finite images, do not suit the extractor, or are too few.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ImageReport CompareWith(
        this Samples samples, TrainingData real, IImageFeatureExtractor extractor,
        FeatureMetricOptions? options = null, CancellationToken cancellationToken = default) =>
        ImageMetrics.Compare(samples.ToData(), real, extractor, options, cancellationToken);

    /// <summary>The samples as data: to extract features of, to classify, or to train on.</summary>
    /// <param name="samples">At least one sample.</param>
    /// <exception cref="ArgumentException">There are no samples, or a value is not finite.</exception>
    public static TrainingData ToData(this Samples samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return TrainingData.FromValues(samples.Values.Span, [.. samples.Shape.Skip(1)]);
    }

    /// <summary>Data as samples: to draw, or for a pipeline to start from, to invert or to keep a part of.</summary>
    /// <param name="data">Points or images; all of them are copied.</param>
    public static Samples ToSamples(this TrainingData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return new Samples(data.Values.ToArray(), [data.Count, .. data.SampleShape]);
    }
}
