using System.Buffers.Binary;
using System.IO.Compression;

namespace Diffusion.Sdk.Data;

/// <summary>
/// Reads IDX files of unsigned bytes, plain or compressed by gzip: two zeros, 8 (the type), the number of dimensions,
/// each size as a big-endian 32-bit number, then the bytes, row-major. Source: LeCun, Cortes, Burges, "The MNIST
/// database", http://yann.lecun.com/exdb/mnist.
/// </summary>
internal static class IdxFile
{
    private const byte UnsignedByte = 8;
    private const int PartSize = 1 << 20;

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What it should hold, for messages.</param>
    /// <param name="dimensions">How many dimensions that has.</param>
    /// <exception cref="InvalidDataException">The file is of another kind, cut off, too long or damaged.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    public static (int[] Sizes, byte[] Values) Read(string path, string what, int dimensions)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        using FileStream file = File.OpenRead(path);
        try
        {
            using Stream content = IsGzip(file) ? new GZipStream(file, CompressionMode.Decompress) : file;
            int[] sizes = ReadHeader(content, path, what, dimensions);
            return (sizes, ReadValues(content, path, what, sizes));
        }
        catch (InvalidDataException error) when (!error.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{path} is a damaged gzip file: {error.Message}", error);
        }
    }

    private static bool IsGzip(FileStream file)
    {
        bool gzip = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        return gzip;
    }

    private static int[] ReadHeader(Stream content, string path, string what, int dimensions)
    {
        var header = new byte[4 + 4 * dimensions];
        int length = content.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        byte[] magic = [0, 0, UnsignedByte, (byte)dimensions];
        if (length >= magic.Length && !header.AsSpan().StartsWith(magic))
        {
            throw new InvalidDataException(
                $"{path} begins with the bytes {Hex(header.AsSpan(0, 4))}; expected {Hex(magic)}, " +
                $"an IDX file of {what}.");
        }
        if (length < header.Length)
        {
            throw new InvalidDataException(
                $"{path} ends after {length} bytes; expected a header of {header.Length}, an IDX file of {what}.");
        }
        var sizes = new int[dimensions];
        for (int i = 0; i < dimensions; i++)
        {
            sizes[i] = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4 + 4 * i));
        }
        if (Array.Exists(sizes, size => size < 1) || Product(sizes) > Array.MaxLength)
        {
            throw new InvalidDataException(
                $"{path} says its sizes are [{string.Join(", ", sizes)}]; " +
                $"expected {what} of at least 1 each and at most {Array.MaxLength} bytes in all.");
        }
        return sizes;
    }

    // Memory grows with what is there, not with what the header says.
    private static byte[] ReadValues(Stream content, string path, string what, int[] sizes)
    {
        long expected = (long)Product(sizes);
        using var values = new MemoryStream();
        var part = new byte[PartSize];
        int length;
        while (values.Length <= expected && (length = content.Read(part)) > 0)
        {
            values.Write(part, 0, length);
        }
        return values.Length == expected
            ? values.ToArray()
            : throw new InvalidDataException(
                $"{path} holds {(values.Length < expected ? "only" : "at least")} {values.Length} bytes of {what}; " +
                $"expected the {expected} of [{string.Join(", ", sizes)}], as its header says.");
    }

    private static double Product(int[] sizes) => sizes.Aggregate(1.0, (product, size) => product * size);

    private static string Hex(ReadOnlySpan<byte> bytes) => string.Join(" ", bytes.ToArray().Select(b => $"{b:x2}"));
}
