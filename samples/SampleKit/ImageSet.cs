using Diffusion.Sdk.Data;
using Diffusion.Sdk.Metrics;

namespace SampleKit;

/// <summary>MNIST or Fashion-MNIST as <c>make data</c> leaves it, and the classifier by which images of it are measured.</summary>
/// <param name="data">The folder of all data.</param>
/// <param name="name">The folder of this one in it.</param>
public sealed class ImageSet(string data, string name)
{
    /// <summary>How many kinds of images there are.</summary>
    public const int Classes = 10;

    // The last tenth of the training set is never trained on: generated images are measured against it.
    private const int UnseenShare = 10;

    private readonly string _folder = Path.Combine(data, name);

    /// <summary>The classes in turn, so that there are as many of each: 0, 1, ..., 9, 0, ...</summary>
    public static long[] EachInTurn(int count) => [.. Enumerable.Range(0, count).Select(i => (long)i % Classes)];

    /// <summary>The images to train on, and those that no network sees.</summary>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public (ImageData Train, ImageData Unseen) Load()
    {
        ImageData all = Load("train");
        int unseen = all.Count / UnseenShare;
        return (all.Slice(..^unseen), all.Slice(^unseen..));
    }

    /// <summary>The test set, for the accuracy of a classifier.</summary>
    /// <inheritdoc cref="Load()" path="/exception"/>
    public ImageData LoadTest() => Load("t10k");

    /// <summary>
    /// The classifier. It is trained once and kept beside the data, since distances by two classifiers do not compare.
    /// </summary>
    /// <inheritdoc cref="Load()" path="/exception"/>
    public ImageClassifier Classifier(CancellationToken cancellationToken = default)
    {
        string path = Path.Combine(_folder, "classifier.safetensors");
        if (File.Exists(path))
        {
            return ImageClassifier.FromSafetensors(path);
        }
        ImageData images = Load().Train;
        ImageClassifier classifier = Bars.Classify(
            "train, classifier", bar => ImageClassifier.Train(images, null, bar, cancellationToken));
        classifier.Save(path);
        return classifier;
    }

    private ImageData Load(string part)
    {
        return ImageData.FromIdx(Find("images-idx3-ubyte"), Find("labels-idx1-ubyte"), Classes);

        string Find(string what)
        {
            string path = Path.Combine(_folder, $"{part}-{what}");
            return File.Exists(path) ? path
                : File.Exists(path + ".gz") ? path + ".gz"
                : throw new FileNotFoundException($"There is no {path}, plain or .gz; 'make data' fetches it.");
        }
    }
}
