using Diffusion.Sdk.Data;

namespace Diffusion.Sdk.Metrics;

/// <summary>A network that turns images into the features by which image metrics compare them.</summary>
public interface IImageFeatureExtractor
{
    /// <summary>What the features are, for reports, such as "Inception-v3 pool features".</summary>
    string Description { get; }

    /// <summary>How many features an image has (F).</summary>
    int FeatureCount { get; }

    /// <summary>
    /// The features of images as pictures: values are clipped to [-1, 1] and rounded to 8 bits first, as when they are
    /// saved.
    /// </summary>
    /// <param name="images">Images [C, H, W], values in [-1, 1].</param>
    /// <param name="progress">Is told how many images are done, on the run's thread.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>Features in managed memory; nothing to dispose.</returns>
    /// <exception cref="ArgumentException">The images are not of a shape that the network takes.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    ImageFeatures Extract(
        TrainingData images, IProgress<int>? progress = null, CancellationToken cancellationToken = default);
}
