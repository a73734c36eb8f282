using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Diffusion.Sdk.Imaging.Png;

/// <summary>
/// Writes 8-bit PNG, and animated PNG (chunks acTL, fcTL, fdAT of the PNG specification, third edition), from
/// RGBA rows [H, W, 4]. Grey and opaque pictures are stored as such, which halves the file.
/// </summary>
internal static class PngEncoder
{
    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Writes one picture.</summary>
    internal static void Encode(Stream stream, int width, int height, ReadOnlySpan<byte> rgba)
    {
        int channels = CountChannels(rgba);
        WriteHeader(stream, width, height, channels);
        WriteChunk(stream, "IDAT", Compress(rgba, width, height, channels));
        WriteChunk(stream, "IEND", []);
    }

    /// <summary>Writes an animation that repeats for ever; viewers that know no APNG show the first frame.</summary>
    /// <param name="stream">Where it goes.</param>
    /// <param name="width">Pixels in a row, of every frame.</param>
    /// <param name="height">Rows.</param>
    /// <param name="frameCount">How many frames follow.</param>
    /// <param name="frames">Pixels of each frame, RGBA, and milliseconds it is shown; read one at a time.</param>
    internal static void EncodeAnimation(
        Stream stream, int width, int height, int frameCount, IEnumerable<(byte[] Rgba, ushort Milliseconds)> frames)
    {
        const int Channels = 3; // of all frames alike, and later ones are not known yet: plots are opaque
        WriteHeader(stream, width, height, Channels);
        WriteChunk(stream, "acTL", BigEndian(frameCount, 0)); // 0: repeat for ever
        int sequence = 0;
        byte[]? previous = null;
        foreach ((byte[] rgba, ushort milliseconds) in frames)
        {
            (int x, int y, int w, int h) = previous is null
                ? (0, 0, width, height)
                : ChangedArea(previous, rgba, width, height);
            byte[] delay = [.. BigEndianShort(milliseconds), .. BigEndianShort(1000)];
            // The two zeros: leave the frame in place, overwrite what is below.
            WriteChunk(stream, "fcTL", [.. BigEndian(sequence++, w, h, x, y), .. delay, 0, 0]);
            byte[] data = Compress(Crop(rgba, width, x, y, w, h), w, h, Channels);
            if (previous is null)
            {
                WriteChunk(stream, "IDAT", data);
            }
            else
            {
                WriteChunk(stream, "fdAT", [.. BigEndian(sequence++), .. data]);
            }
            previous = rgba;
        }
        WriteChunk(stream, "IEND", []);
    }

    /// <summary>1 for an opaque grey picture, 3 for an opaque one, otherwise 4.</summary>
    private static int CountChannels(ReadOnlySpan<byte> rgba)
    {
        int channels = 1;
        for (int i = 0; i < rgba.Length; i += 4)
        {
            if (rgba[i + 3] != 255)
            {
                return 4;
            }
            if (rgba[i] != rgba[i + 1] || rgba[i] != rgba[i + 2])
            {
                channels = 3;
            }
        }
        return channels;
    }

    private static void WriteHeader(Stream stream, int width, int height, int channels)
    {
        byte colorType = channels switch { 1 => 0, 3 => 2, _ => 6 };
        stream.Write(Signature);
        WriteChunk(stream, "IHDR", [.. BigEndian(width, height), 8, colorType, 0, 0, 0]);
    }

    private static void WriteChunk(Stream stream, string type, ReadOnlySpan<byte> data)
    {
        byte[] name = Encoding.ASCII.GetBytes(type);
        stream.Write(BigEndian(data.Length));
        stream.Write(name);
        stream.Write(data);
        stream.Write(BigEndian((int)Crc32.Compute(name, data)));
    }

    /// <summary>
    /// Rows as they are, none filtered: the flat colours of plots compress better so than with any of PNG's filters.
    /// </summary>
    private static byte[] Compress(ReadOnlySpan<byte> rgba, int width, int height, int channels)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal))
        {
            var row = new byte[1 + width * channels]; // the first byte says: filter 0, none
            for (int y = 0; y < height; y++)
            {
                Pack(rgba.Slice(y * width * 4, width * 4), row.AsSpan(1), channels);
                zlib.Write(row);
            }
        }
        return compressed.ToArray();
    }

    private static void Pack(ReadOnlySpan<byte> rgba, Span<byte> row, int channels)
    {
        for (int i = 0, o = 0; i < rgba.Length; i += 4, o += channels)
        {
            rgba.Slice(i, channels).CopyTo(row[o..]);
        }
    }

    /// <summary>
    /// The smallest rectangle that holds every changed pixel; a frame may not be empty, so at least one pixel.
    /// </summary>
    private static (int X, int Y, int Width, int Height) ChangedArea(byte[] before, byte[] after, int width, int height)
    {
        int left = width, right = 0, top = height, bottom = 0;
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> old = before.AsSpan(y * width * 4, width * 4);
            ReadOnlySpan<byte> now = after.AsSpan(y * width * 4, width * 4);
            int first = old.CommonPrefixLength(now) / 4;
            if (first == width)
            {
                continue;
            }
            int last = width - 1;
            while (old.Slice(last * 4, 4).SequenceEqual(now.Slice(last * 4, 4)))
            {
                last--;
            }
            (left, right) = (Math.Min(left, first), Math.Max(right, last + 1));
            (top, bottom) = (Math.Min(top, y), y + 1);
        }
        return bottom == 0 ? (0, 0, 1, 1) : (left, top, right - left, bottom - top);
    }

    private static byte[] Crop(byte[] rgba, int stride, int x, int y, int width, int height)
    {
        var cropped = new byte[width * height * 4];
        for (int row = 0; row < height; row++)
        {
            rgba.AsSpan(((y + row) * stride + x) * 4, width * 4).CopyTo(cropped.AsSpan(row * width * 4));
        }
        return cropped;
    }

    private static byte[] BigEndian(params ReadOnlySpan<int> values)
    {
        var bytes = new byte[values.Length * 4];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(i * 4), values[i]);
        }
        return bytes;
    }

    private static byte[] BigEndianShort(ushort value) => [(byte)(value >> 8), (byte)value];
}
