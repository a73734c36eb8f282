using Diffusion.Sdk.Data;
using Diffusion.Sdk.Files;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Metrics;

/// <summary>
/// Inception-v3 up to its pool features, 2,048 numbers per image: what the Fréchet distance (FID) and the kernel
/// distance (KID) are usually measured on. Weights come from the user. Szegedy et al. 2015 (arXiv:1512.00567);
/// torchvision's inception_v3.
/// </summary>
/// <remarks>
/// <para>Weights are torchvision's, under its keys: in Python,
/// <c>safetensors.torch.save_file(torchvision.models.inception_v3(weights="DEFAULT").state_dict(), path)</c>. The
/// classifier (fc) and the auxiliary head (AuxLogits) may be there and are not used.</para>
/// <para>Published FIDs use other weights, a port from TensorFlow (1,008 classes), on a slightly changed network and
/// with TensorFlow's way of resizing: values differ, and such weights are refused. Images are resized to 299 x 299 at
/// once (bilinear, corners not aligned), not cropped as for classification, and go in as they are, in [-1, 1], which is
/// what torchvision's transform_input makes of its normalised images. Grey becomes three equal channels.</para>
/// <para>An image takes about 11 GFLOP. Safe on many threads at once.</para>
/// </remarks>
public sealed class InceptionV3 : nn.Module<Tensor, Tensor>, IImageFeatureExtractor
{
    private const int BatchSize = 16;
    private const int InputSize = 299;
    private const int FidClasses = 1008;
    private const string ClassifierKey = "fc.weight";
    private const string CounterKey = "num_batches_tracked";

    private static readonly long[] s_inputSize = [InputSize, InputSize];

    private readonly List<Func<Tensor, Tensor>> _stages = [];

    /// <summary>Makes the network with meaningless weights; see <see cref="FromSafetensors"/>.</summary>
    internal InceptionV3()
        : base(nameof(InceptionV3))
    {
        Add(3, InceptionConvolution.Valid("Conv2d_1a_3x3", 32, 3, stride: 2)); // 149 x 149
        Add(32, InceptionConvolution.Valid("Conv2d_2a_3x3", 32, 3));
        Add(32, new("Conv2d_2b_3x3", 64, 3));
        _stages.Add(Halve); // 73 x 73
        Add(64, new("Conv2d_3b_1x1", 80, 1));
        Add(80, InceptionConvolution.Valid("Conv2d_4a_3x3", 192, 3));
        _stages.Add(Halve); // 35 x 35
        Add(InceptionBlock.Wide("Mixed_5b", 192, pooled: 32));
        Add(InceptionBlock.Wide("Mixed_5c", 256, pooled: 64));
        Add(InceptionBlock.Wide("Mixed_5d", 288, pooled: 64));
        Add(InceptionBlock.FirstHalving("Mixed_6a", 288)); // 17 x 17
        Add(InceptionBlock.Split("Mixed_6b", 768, inner: 128));
        Add(InceptionBlock.Split("Mixed_6c", 768, inner: 160));
        Add(InceptionBlock.Split("Mixed_6d", 768, inner: 160));
        Add(InceptionBlock.Split("Mixed_6e", 768, inner: 192));
        Add(InceptionBlock.SecondHalving("Mixed_7a", 768)); // 8 x 8
        Add(InceptionBlock.Forked("Mixed_7b", 1280));
        Add(InceptionBlock.Forked("Mixed_7c", 2048));
        eval();
    }

    /// <inheritdoc/>
    public string Description => $"Inception-v3 pool features ({ModuleWeights.Fingerprint(this)})";

    /// <inheritdoc/>
    public int FeatureCount => 2048;

    /// <summary>Makes the network with weights from a file; the caller disposes it.</summary>
    /// <param name="path">A safetensors file with torchvision's keys; any floating-point type.</param>
    /// <exception cref="InvalidDataException">
    /// Keys are missing or not expected, or a shape is another; the message says which.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read, or is no whole safetensors file.</exception>
    public static InceptionV3 FromSafetensors(string path)
    {
        RequireTorchvision(path);
        var network = new InceptionV3();
        try
        {
            ModuleWeights.Load(
                network, path,
                canLack: key => key.EndsWith(CounterKey, StringComparison.Ordinal),
                canHave: key => key.StartsWith("fc.", StringComparison.Ordinal)
                    || key.StartsWith("AuxLogits.", StringComparison.Ordinal));
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>The pool features of images that are prepared already.</summary>
    /// <param name="input">float32 [N, 3, 299, 299], values in [-1, 1].</param>
    /// <returns>float32 [N, 2048]; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The shape is another.</exception>
    public override Tensor forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.shape is not [_, 3, InputSize, InputSize])
        {
            throw new ArgumentException(
                $"The images have shape [{string.Join(", ", input.shape)}]; expected [N, 3, 299, 299].", nameof(input));
        }
        Tensor hidden = input.alias();
        foreach (Func<Tensor, Tensor> stage in _stages)
        {
            using Tensor before = hidden;
            hidden = stage(before);
        }
        using Tensor last = hidden; // [N, 2048, 8, 8]
        return last.mean([2, 3]);
    }

    /// <inheritdoc/>
    public ImageFeatures Extract(
        TrainingData images, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        FeatureBatches.RequireImages(images);
        float[] rows = FeatureBatches.Run(
            images, BatchSize, batch => forward(Prepare(batch)), progress, cancellationToken);
        return new ImageFeatures(Description, new PointCloud(rows, FeatureCount));
    }

    /// <summary>float32 [N, C, H, W] to [N, 3, 299, 299]; of the current scope.</summary>
    internal static Tensor Prepare(Tensor images) => nn.functional.interpolate(
        images.expand(images.shape[0], 3, images.shape[2], images.shape[3]), s_inputSize,
        mode: InterpolationMode.Bilinear, align_corners: false);

    private static Tensor Halve(Tensor input) => nn.functional.max_pool2d(input, 3, stride: 2);

    private static void RequireTorchvision(string path)
    {
        using var file = SafetensorsFile.Open(path);
        if (file.Entries.FirstOrDefault(entry => entry.Name == ClassifierKey)?.Shape is [FidClasses, _])
        {
            throw new InvalidDataException(
                $"{path} has {ClassifierKey} for {FidClasses} classes: these are the weights ported from TensorFlow "
                + "that published FIDs use, whose network pools otherwise. Expected torchvision's.");
        }
    }

    private void Add(int inputs, InceptionConvolution shape)
    {
        var unit = new InceptionUnit(inputs, shape);
        register_module(shape.Name, unit);
        _stages.Add(unit.forward);
    }

    private void Add(InceptionBlock block)
    {
        register_module(block.GetName(), block);
        _stages.Add(block.forward);
    }
}
