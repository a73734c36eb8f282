using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Diffusion.Sdk.Testing;

/// <summary>Reads 8-bit grey, RGB and RGBA PNG, and takes files apart into chunks whose checksums hold.</summary>
internal static class PngReader
{
    /// <summary>Type and content of every chunk, in order.</summary>
    internal static List<(string Type, byte[] Data)> ReadChunks(ReadOnlySpan<byte> png)
    {
        if (!png.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
        {
            throw new InvalidDataException("This is no PNG: its signature is missing.");
        }
        List<(string, byte[])> chunks = [];
        for (int at = 8; at < png.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(png[at..]);
            string type = Encoding.ASCII.GetString(png.Slice(at + 4, 4));
            uint expected = BinaryPrimitives.ReadUInt32BigEndian(png[(at + 8 + length)..]);
            uint actual = Crc(png.Slice(at + 4, length + 4));
            if (actual != expected)
            {
                throw new InvalidDataException($"Chunk {type} has checksum {actual:x8}, but says {expected:x8}.");
            }
            chunks.Add((type, png.Slice(at + 8, length).ToArray()));
            at += length + 12;
        }
        return chunks;
    }

    /// <summary>The (first) picture as RGBA, [height, width, 4].</summary>
    internal static (int Width, int Height, byte[] Rgba) Read(ReadOnlySpan<byte> png)
    {
        List<(string Type, byte[] Data)> chunks = ReadChunks(png);
        (int width, int height, int channels) = ReadHeader(chunks[0].Data);
        byte[] data = [.. chunks.Where(chunk => chunk.Type == "IDAT").SelectMany(chunk => chunk.Data)];
        return (width, height, Decode(data, width, height, channels));
    }

    /// <summary>
    /// Every frame of an animated PNG as a viewer shows it, composed over the frames before, with its milliseconds.
    /// </summary>
    internal static List<(byte[] Rgba, int Milliseconds)> ReadFrames(ReadOnlySpan<byte> png)
    {
        List<(string Type, byte[] Data)> chunks = ReadChunks(png);
        (int width, int height, int channels) = ReadHeader(chunks[0].Data);
        var shown = new byte[width * height * 4];
        List<(byte[], int)> frames = [];
        for (int i = 0; i < chunks.Count; i++)
        {
            if (chunks[i].Type != "fcTL")
            {
                continue;
            }
            byte[] control = chunks[i].Data;
            int Field(int index) => BinaryPrimitives.ReadInt32BigEndian(control.AsSpan(4 * index));
            (int w, int h, int x, int y) = (Field(1), Field(2), Field(3), Field(4));
            (string type, byte[] data) = chunks[i + 1];
            byte[] part = Decode(type == "IDAT" ? data : data[4..], w, h, channels);
            for (int row = 0; row < h; row++)
            {
                part.AsSpan(row * w * 4, w * 4).CopyTo(shown.AsSpan(((y + row) * width + x) * 4));
            }
            int delay = BinaryPrimitives.ReadUInt16BigEndian(control.AsSpan(20));
            int perSecond = BinaryPrimitives.ReadUInt16BigEndian(control.AsSpan(22));
            frames.Add(([.. shown], 1000 * delay / perSecond));
        }
        return frames;
    }

    private static (int Width, int Height, int Channels) ReadHeader(byte[] header)
    {
        int channels = (header[8], header[9]) switch
        {
            (8, 0) => 1,
            (8, 2) => 3,
            (8, 6) => 4,
            _ => throw new InvalidDataException($"Bit depth {header[8]}, colour type {header[9]} is not read here."),
        };
        int width = BinaryPrimitives.ReadInt32BigEndian(header);
        return (width, BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4)), channels);
    }

    private static byte[] Decode(byte[] compressed, int width, int height, int channels)
    {
        using var zlib = new ZLibStream(new MemoryStream(compressed), CompressionMode.Decompress);
        var rgba = new byte[width * height * 4];
        var above = new byte[width * channels];
        var row = new byte[width * channels];
        for (int y = 0; y < height; y++)
        {
            int filter = zlib.ReadByte();
            zlib.ReadExactly(row);
            Unfilter(filter, row, above, channels);
            for (int x = 0; x < width; x++)
            {
                ReadOnlySpan<byte> pixel = row.AsSpan(x * channels, channels);
                Span<byte> target = rgba.AsSpan((y * width + x) * 4, 4);
                int green = channels == 1 ? 0 : 1;
                (target[0], target[1], target[2]) = (pixel[0], pixel[green], pixel[2 * green]);
                target[3] = channels == 4 ? pixel[3] : (byte)255;
            }
            (row, above) = (above, row);
        }
        return zlib.ReadByte() == -1
            ? rgba
            : throw new InvalidDataException("There are more rows than the header says.");
    }

    private static void Unfilter(int filter, byte[] row, byte[] above, int channels)
    {
        for (int i = 0; i < row.Length; i++)
        {
            int left = i < channels ? 0 : row[i - channels];
            int corner = i < channels ? 0 : above[i - channels];
            row[i] += (byte)(filter switch
            {
                0 => 0,
                1 => left,
                2 => above[i],
                3 => (left + above[i]) / 2,
                4 => Paeth(left, above[i], corner),
                _ => throw new InvalidDataException($"There is no row filter {filter}."),
            });
        }
    }

    private static int Paeth(int left, int above, int corner)
    {
        (int a, int b) = (Math.Abs(above - corner), Math.Abs(left - corner));
        int c = Math.Abs(left + above - 2 * corner);
        return a <= b && a <= c ? left : b <= c ? above : corner;
    }

    /// <summary>CRC-32 bit by bit: slow, and written apart from the encoder's, which it checks.</summary>
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xEDB88320 & (0u - (crc & 1)));
            }
        }
        return ~crc;
    }
}
