using Diffusion.Sdk.Data;
using Diffusion.Sdk.Files;
using Diffusion.Sdk.Numerics;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Metrics;

/// <summary>
/// A small convolutional classifier whose last hidden layer gives 64 features: a ruler for images of one kind, where
/// Inception-v3 is too large or sees too little in them. It is trained on the real images in about a minute. Distances
/// by one classifier compare; those by two do not, so keep its file.
/// </summary>
/// <remarks>Shapes: N images, C channels, H height, W width, K classes. Safe on many threads at once.</remarks>
public sealed class ImageClassifier : nn.Module<Tensor, Tensor>, IImageFeatureExtractor
{
    private const int Features = 64;
    private const int Batch = 256;
    private const int LeastSize = 4; // two halvings
    private const string SizesKey = "sizes";

    private readonly int[] _sizes; // C, H, W, K

    [ComponentName(Name = "conv1")]
    private readonly Conv2d _first;

    [ComponentName(Name = "conv2")]
    private readonly Conv2d _second;

    [ComponentName(Name = "conv3")]
    private readonly Conv2d _third;

    [ComponentName(Name = "hidden")]
    private readonly Linear _hidden;

    [ComponentName(Name = "output")]
    private readonly Linear _output;

    // What features are divided by, a scalar: their root mean square over the training images.
    [ComponentName(Name = "scale")]
    private readonly Tensor _scale;

    internal ImageClassifier(IReadOnlyList<int> imageShape, int classes, long seed)
        : base(nameof(ImageClassifier))
    {
        (int channels, int height, int width) = (imageShape[0], imageShape[1], imageShape[2]);
        _sizes = [channels, height, width, classes];
        _first = nn.Conv2d(channels, 16, 3, padding: 1);
        _second = nn.Conv2d(16, 32, 3, padding: 1);
        _third = nn.Conv2d(32, 64, 3, padding: 1);
        _hidden = nn.Linear(64 * (height / 4) * (width / 4), Features);
        _output = nn.Linear(Features, classes);
        _scale = ones([1]).DetachFromDisposeScope();
        RegisterComponents();
        WeightInitialization.Apply(this, new PhiloxStreams(seed));
    }

    /// <inheritdoc/>
    public string Description => $"features of a small classifier ({ModuleWeights.Fingerprint(this)})";

    /// <inheritdoc/>
    public int FeatureCount => Features;

    /// <summary>K, how many classes it knows.</summary>
    public int NumClasses => _sizes[3];

    /// <summary>The shape of its images, [C, H, W].</summary>
    public IReadOnlyList<int> ImageShape => _sizes[..3];

    /// <summary>Trains a classifier; the caller disposes it.</summary>
    /// <param name="images">Images with labels of at least 2 classes, [C, H, W] with H and W of at least 4.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="progress">Is told every 50 steps, on the run's thread.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="ArgumentException">
    /// The samples are no images, are too small, or have no labels of at least 2 classes.
    /// </exception>
    /// <exception cref="InvalidOperationException">The loss is no longer a finite number.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ImageClassifier Train(
        TrainingData images, ImageClassifierOptions? options = null,
        IProgress<ImageClassifierProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        RequireTrainable(images);
        options ??= new();
        return TorchWorker.Shared.Run(
            () =>
            {
                var classifier = new ImageClassifier(images.SampleShape, images.NumClasses, options.Seed);
                try
                {
                    new ClassifierTraining(classifier, images, options).Run(progress, cancellationToken);
                    return classifier;
                }
                catch
                {
                    classifier.Dispose();
                    throw;
                }
            },
            cancellationToken);
    }

    /// <summary>Loads what <see cref="Save"/> wrote; the caller disposes it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is no such classifier; the message says why.</exception>
    /// <exception cref="IOException">The file cannot be read, or is no whole safetensors file.</exception>
    public static ImageClassifier FromSafetensors(string path)
    {
        int[] sizes = ReadSizes(path);
        var classifier = new ImageClassifier(sizes[..3], sizes[3], seed: 0);
        try
        {
            ModuleWeights.Load(classifier, path);
            return classifier;
        }
        catch
        {
            classifier.Dispose();
            throw;
        }
    }

    /// <summary>Writes the weights as safetensors, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Save(string path) => TensorFile.Save(
        path, state_dict(),
        new Dictionary<string, string> { ["format"] = "pt", [SizesKey] = string.Join(' ', _sizes) });

    /// <summary>The scores of the classes, before the softmax.</summary>
    /// <param name="input">float32 [N, C, H, W], values in [-1, 1].</param>
    /// <returns>float32 [N, K]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input)
    {
        using Tensor features = See(input);
        return _output.forward(features);
    }

    /// <inheritdoc/>
    public ImageFeatures Extract(
        TrainingData images, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        RequireShape(images);
        float[] rows = FeatureBatches.Run(images, Batch, SeeScaled, progress, cancellationToken);
        return new ImageFeatures(
            Description, new PointCloud(rows, Features), ClassHistogram.Of(Classes(rows), NumClasses));
    }

    /// <summary>
    /// Makes features 1 in the root mean square over these images, so that distances are of a size that one can read.
    /// </summary>
    internal void SetScale(TrainingData images, CancellationToken cancellationToken)
    {
        float[] rows = FeatureBatches.Run(images, Batch, See, null, cancellationToken);
        double root = Math.Sqrt(rows.Sum(value => (double)value * value) / rows.Length);
        using IDisposable withoutGradients = no_grad();
        _scale.fill_(root > 0 ? root : 1);
    }

    /// <summary>The share of images that it takes for what they are, in [0, 1].</summary>
    /// <param name="images">Images with labels that it was not trained on.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <exception cref="ArgumentException">The images have another shape, or labels it does not know.</exception>
    public double Accuracy(TrainingData images, CancellationToken cancellationToken = default)
    {
        RequireShape(images);
        if (images.NumClasses == 0 || images.NumClasses > NumClasses)
        {
            throw new ArgumentException(
                $"The images have labels of {images.NumClasses} classes; expected 1 to {NumClasses}.", nameof(images));
        }
        IReadOnlyList<ImageClass> found = Classify(images, cancellationToken);
        ReadOnlySpan<long> labels = images.Labels.Span;
        int right = 0;
        for (int i = 0; i < found.Count; i++)
        {
            right += found[i].Label == labels[i] ? 1 : 0;
        }
        return (double)right / found.Count;
    }

    /// <summary>What it takes each image for.</summary>
    /// <param name="images">Images of the shape it was trained on.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <exception cref="ArgumentException">The images have another shape.</exception>
    public IReadOnlyList<ImageClass> Classify(TrainingData images, CancellationToken cancellationToken = default)
    {
        RequireShape(images);
        float[] rows = FeatureBatches.Run(images, Batch, SeeScaled, null, cancellationToken);
        return TorchWorker.Shared.Run<IReadOnlyList<ImageClass>>(
            () =>
            {
                using var scope = NewDisposeScope();
                using IDisposable withoutGradients = no_grad();
                (Tensor most, Tensor place) = Scores(rows).softmax(1).max(1); // [N], [N]
                return [.. place.data<long>().Zip(most.data<float>(), (label, chance) => new ImageClass(label, chance))];
            },
            cancellationToken);
    }

    // [N, C, H, W] to [N, 64].
    private Tensor See(Tensor images)
    {
        using var scope = NewDisposeScope();
        Tensor half = nn.functional.max_pool2d(nn.functional.relu(_first.forward(images)), 2); // [N, 16, H/2, W/2]
        Tensor quarter = nn.functional.max_pool2d(nn.functional.relu(_second.forward(half)), 2); // [N, 32, H/4, W/4]
        Tensor last = nn.functional.relu(_third.forward(quarter)); // [N, 64, H/4, W/4]
        return nn.functional.relu(_hidden.forward(last.flatten(1))).MoveToOuterDisposeScope();
    }

    // The same in features of size 1; without gradients.
    private Tensor SeeScaled(Tensor images) => See(images).div_(_scale);

    // The class of the largest score of each row of features [N, 64].
    private long[] Classes(float[] rows) => TorchWorker.Shared.Run(() =>
    {
        using var scope = NewDisposeScope();
        using IDisposable withoutGradients = no_grad();
        return Scores(rows).argmax(1).data<long>().ToArray();
    });

    // [N * 64] to [N, K].
    private Tensor Scores(float[] rows) =>
        _output.forward(tensor(rows, [rows.Length / Features, Features]).mul_(_scale));

    private void RequireShape(TrainingData images)
    {
        FeatureBatches.RequireImages(images);
        if (!images.SampleShape.SequenceEqual(ImageShape))
        {
            throw new ArgumentException(
                $"The images have shape [{string.Join(", ", images.SampleShape)}]; this classifier was trained on " +
                $"[{string.Join(", ", ImageShape)}].",
                nameof(images));
        }
    }

    private static void RequireTrainable(TrainingData images)
    {
        FeatureBatches.RequireImages(images);
        if (images.SampleShape[1] < LeastSize || images.SampleShape[2] < LeastSize)
        {
            throw new ArgumentException(
                $"The images have shape [{string.Join(", ", images.SampleShape)}]; expected at least " +
                $"{LeastSize} rows and columns.",
                nameof(images));
        }
        if (images.NumClasses < 2)
        {
            throw new ArgumentException(
                $"The images have labels of {images.NumClasses} classes; expected at least 2.", nameof(images));
        }
    }

    private static int[] ReadSizes(string path)
    {
        using var file = SafetensorsFile.Open(path);
        string? text = file.Metadata?.GetValueOrDefault(SizesKey);
        int[] sizes = [.. (text ?? "").Split(' ').Select(size => int.TryParse(size, out int value) ? value : 0)];
        return sizes is [1 or 3, >= LeastSize, >= LeastSize, >= 2]
            ? sizes
            : throw new InvalidDataException(
                $"{path} is no image classifier of this SDK: its {SizesKey} are " +
                $"{(text is null ? "missing" : $"\"{text}\"")}; expected channels, height, width and classes.");
    }
}
