using System.Buffers.Binary;
using Diffusion.Sdk.Data;

namespace Diffusion.Sdk.Imaging;

/// <summary>Folders of PNG files as training data; as torchvision's ImageFolder.</summary>
public static class ImageFolder
{
    private const int HeaderLength = 24; // up to the height

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>
    /// Reads all PNG files of a folder, in the order of their paths. Where the folder has folders, each is a class, in
    /// the order of their names, and its pictures have that label.
    /// </summary>
    /// <param name="folder">The folder: of pictures, or of one folder of pictures for each class.</param>
    /// <param name="channels">
    /// 1 for grey (0.299 R + 0.587 G + 0.114 B), 3 for RGB; null for 1 if every picture is grey, else 3. What is
    /// transparent is laid over black.
    /// </param>
    /// <returns>Images of shape [channels, H, W].</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">
    /// There is no picture, one of them is no PNG, damaged or of another size, or pictures lie beside folders; the
    /// message names the file.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of channels is not 1 or 3.</exception>
    /// <exception cref="ImagingException">The drawing library is not installed.</exception>
    public static ImageData Load(string folder, int? channels = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        if (channels is not (null or 1 or 3))
        {
            throw new ArgumentOutOfRangeException(
                nameof(channels), channels, $"channels is {channels}; expected 1, 3 or null.");
        }
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no folder {Path.GetFullPath(folder)}.");
        }
        (string[] files, long[] labels) = Find(folder);
        return Load(files, channels, labels);
    }

    // The pictures in order, and of what class each is, where there are classes.
    private static (string[] Files, long[] Labels) Find(string folder)
    {
        string[] classes = [.. Directory.GetDirectories(folder).Order(StringComparer.Ordinal)];
        string[] unsorted = Pictures(folder, SearchOption.TopDirectoryOnly);
        if (classes.Length == 0)
        {
            RequireAny(unsorted, folder);
            return (unsorted, []);
        }
        if (unsorted.Length > 0)
        {
            throw new InvalidDataException(
                $"{unsorted[0]} lies beside folders such as {classes[0]}; expected pictures, or folders of them.");
        }
        List<string> files = [];
        List<long> labels = [];
        for (int label = 0; label < classes.Length; label++)
        {
            string[] pictures = Pictures(classes[label], SearchOption.AllDirectories);
            RequireAny(pictures, classes[label]);
            files.AddRange(pictures);
            labels.AddRange(Enumerable.Repeat((long)label, pictures.Length));
        }
        return ([.. files], [.. labels]);
    }

    private static ImageData Load(string[] files, int? channels, long[] labels)
    {
        (int width, int height) = ReadSize(files[0]);
        var rgb = new byte[files.Length][];
        for (int i = 0; i < files.Length; i++)
        {
            if (ReadSize(files[i]) is var size && size != (width, height))
            {
                throw new InvalidDataException(
                    $"{files[i]} has {size.Width} x {size.Height} pixels; " +
                    $"expected the {width} x {height} of {files[0]}.");
            }
            rgb[i] = PngDecoder.Decode(files[i], width, height);
        }
        int planes = channels ?? (Array.TrueForAll(rgb, Pixels.IsGrey) ? 1 : 3);
        int pixels = width * height;
        var values = new byte[checked(files.Length * planes * pixels)];
        for (int i = 0; i < files.Length; i++)
        {
            Pixels.ToPlanes(rgb[i], planes, values.AsSpan(i * planes * pixels, planes * pixels));
        }
        return ImageData.FromPixels(values, planes, height, width, labels);
    }

    private static string[] Pictures(string folder, SearchOption depth) =>
        [.. Directory.EnumerateFiles(folder, "*", depth)
            .Where(file => file.EndsWith(".png", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)];

    private static void RequireAny(string[] pictures, string folder)
    {
        if (pictures.Length == 0)
        {
            throw new InvalidDataException($"{folder} has no PNG file; expected at least one.");
        }
    }

    private static (int Width, int Height) ReadSize(string path)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        using FileStream file = File.OpenRead(path);
        int length = file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false);
        if (length < HeaderLength || !header.StartsWith(Signature))
        {
            string found = length == 0 ? "is empty" : $"begins with the bytes {Hex(header[..Math.Min(length, 8)])}";
            throw new InvalidDataException($"{path} {found}; expected a PNG file, {Hex(Signature)} ...");
        }
        return (BinaryPrimitives.ReadInt32BigEndian(header[16..]), BinaryPrimitives.ReadInt32BigEndian(header[20..]));
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => string.Join(" ", bytes.ToArray().Select(b => $"{b:x2}"));
}
