namespace Diffusion.Sdk.Metrics;

/// <summary>What a network sees in N images.</summary>
public sealed class ImageFeatures
{
    /// <summary>Takes what an extractor found.</summary>
    /// <param name="description">What the features are.</param>
    /// <param name="vectors">One row per image, [N, F].</param>
    /// <param name="classes">The class that the network takes each image for, [N]; null if it knows none.</param>
    /// <exception cref="ArgumentException">There is not one class for each image.</exception>
    public ImageFeatures(string description, PointCloud vectors, ClassHistogram? classes = null)
    {
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(vectors);
        if (classes is not null && classes.Total != vectors.Count)
        {
            throw new ArgumentException(
                $"There are {vectors.Count} images but classes of {classes.Total}.", nameof(classes));
        }
        (Description, Vectors, Classes) = (description, vectors, classes);
    }

    /// <summary>What the features are; only those of one extractor compare.</summary>
    public string Description { get; }

    /// <summary>One row per image, [N, F].</summary>
    public PointCloud Vectors { get; }

    /// <summary>How many images the network takes for each class; null if it knows none.</summary>
    public ClassHistogram? Classes { get; }
}
