using System.Security.Cryptography;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Data;

/// <summary>
/// Images of 8 bits per value, kept as such: black is -1, white is 1, value = byte / 127.5 - 1. A training keeps the
/// bytes on its device and turns into values only what a batch picks. Shapes: N images, C channels, H height, W width.
/// </summary>
public sealed class ImageData : TrainingData
{
    private const float HalfRange = 127.5f;

    private readonly byte[] _pixels;

    private ImageData(byte[] pixels, int[] shape, ReadOnlySpan<long> labels, int? numClasses)
        : base(shape[0], shape[1..], labels, numClasses) => _pixels = pixels;

    /// <summary>All images, [N, C, H, W].</summary>
    public ReadOnlyMemory<byte> Pixels => _pixels;

    internal override bool IsFinite => true;

    /// <summary>Images that are in memory.</summary>
    /// <param name="pixels">All images, [N, C, H, W]; copied.</param>
    /// <param name="channels">C, at least 1.</param>
    /// <param name="height">H, at least 1.</param>
    /// <param name="width">W, at least 1.</param>
    /// <param name="labels">The class of each image, [N]; empty for none.</param>
    /// <param name="numClasses">How many classes there are; null for one more than the largest label.</param>
    /// <exception cref="ArgumentException">
    /// The bytes are not a whole number of images, there are none, or the labels are not one class for each image.
    /// </exception>
    public static ImageData FromPixels(
        ReadOnlySpan<byte> pixels, int channels, int height, int width,
        ReadOnlySpan<long> labels = default, int? numClasses = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        long size = (long)channels * height * width;
        if (pixels.Length % size != 0)
        {
            throw new ArgumentException(
                $"{pixels.Length} bytes are no whole number of images of shape [{channels}, {height}, {width}], " +
                $"which have {size}.",
                nameof(pixels));
        }
        int count = (int)(pixels.Length / size);
        return new ImageData(pixels.ToArray(), [count, channels, height, width], labels, numClasses);
    }

    /// <summary>
    /// Grey images and their classes from files of the kind that MNIST and Fashion-MNIST come in, plain or compressed
    /// by gzip.
    /// </summary>
    /// <param name="images">An IDX file of unsigned bytes [N, H, W].</param>
    /// <param name="labels">An IDX file of unsigned bytes [N], the class of each image; null for none.</param>
    /// <param name="numClasses">How many classes there are; null for one more than the largest label.</param>
    /// <returns>Images of shape [1, H, W].</returns>
    /// <exception cref="InvalidDataException">
    /// A file is of another kind, cut off or damaged, or the labels do not belong to the images; the message names the
    /// file, what was found and what was expected.
    /// </exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static ImageData FromIdx(string images, string? labels = null, int? numClasses = null)
    {
        (int[] sizes, byte[] pixels) = IdxFile.Read(images, "images [N, H, W]", dimensions: 3);
        long[] classes = labels is null ? [] : ReadLabels(labels, images, sizes[0], numClasses);
        return new ImageData(pixels, [sizes[0], 1, sizes[1], sizes[2]], classes, numClasses);
    }

    /// <summary>Some of the images, for example a part to train on and a part to measure against.</summary>
    /// <param name="range">Which ones, as in <c>images.Slice(..^6000)</c>; at least one.</param>
    /// <returns>Copies, with their labels and as many classes.</returns>
    /// <exception cref="ArgumentException">The range is empty or goes past the images.</exception>
    public ImageData Slice(Range range)
    {
        int first = range.Start.GetOffset(Count);
        int count = range.End.GetOffset(Count) - first;
        if (first < 0 || count < 1 || first + count > Count)
        {
            throw new ArgumentException(
                $"The range is {range} of {Count} images; expected at least one image, and none past the last.",
                nameof(range));
        }
        return new ImageData(
            _pixels.AsSpan(first * ValuesPerSample, count * ValuesPerSample).ToArray(), [count, .. SampleShape],
            Labels.IsEmpty ? [] : Labels.Span.Slice(first, count), NumClasses == 0 ? null : NumClasses);
    }

    internal override Tensor Store()
    {
        Tensor stored = empty([Count, .. SampleShape.Select(size => (long)size)], ScalarType.Byte, CPU);
        _pixels.CopyTo(stored.bytes);
        return stored;
    }

    internal override Tensor FromStored(Tensor stored) => stored.to(ScalarType.Float32).div_(HalfRange).sub_(1);

    internal override byte[] Fingerprint() => SHA256.HashData(_pixels);

    /// <inheritdoc/>
    protected override void CopySample(int index, Span<float> destination)
    {
        ReadOnlySpan<byte> pixels = _pixels.AsSpan(index * ValuesPerSample, ValuesPerSample);
        for (int i = 0; i < pixels.Length; i++)
        {
            destination[i] = pixels[i] / HalfRange - 1;
        }
    }

    private static long[] ReadLabels(string path, string images, int count, int? numClasses)
    {
        (int[] sizes, byte[] labels) = IdxFile.Read(path, "labels [N]", dimensions: 1);
        if (sizes[0] != count)
        {
            throw new InvalidDataException(
                $"{path} has {sizes[0]} labels, but {images} has {count} images; expected one label for each image.");
        }
        int wrong = Array.FindIndex(labels, label => label >= numClasses);
        return wrong < 0
            ? Array.ConvertAll(labels, label => (long)label)
            : throw new InvalidDataException(
                $"{path} gives image {wrong} the label {labels[wrong]}; expected one in [0, {numClasses}).");
    }
}
