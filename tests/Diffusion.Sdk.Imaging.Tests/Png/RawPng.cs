using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Diffusion.Sdk.Imaging.Png;

namespace Diffusion.Sdk.Imaging.Tests.Png;

/// <summary>Writes PNG files of kinds that our encoder does not make.</summary>
internal static class RawPng
{
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="depth">Bits per value.</param>
    /// <param name="colorType">0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA.</param>
    /// <param name="rows">The bytes of all rows, one after the other.</param>
    /// <param name="palette">RGB of each entry; none but for colour type 3.</param>
    public static byte[] Of(int width, int height, byte depth, byte colorType, byte[] rows, byte[]? palette = null)
    {
        using var file = new MemoryStream();
        file.Write([0x89, .. "PNG"u8, 0x0D, 0x0A, 0x1A, 0x0A]);
        Chunk(file, "IHDR", [.. BigEndian(width), .. BigEndian(height), depth, colorType, 0, 0, 0]);
        if (palette is not null)
        {
            Chunk(file, "PLTE", palette);
        }
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal))
        {
            foreach (byte[] row in rows.Chunk(rows.Length / height))
            {
                zlib.Write([0, .. row]); // filter 0, none
            }
        }
        Chunk(file, "IDAT", compressed.ToArray());
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    private static void Chunk(Stream file, string type, byte[] data)
    {
        byte[] name = Encoding.ASCII.GetBytes(type);
        file.Write([.. BigEndian(data.Length), .. name, .. data, .. BigEndian((int)Crc32.Compute(name, data))]);
    }

    private static byte[] BigEndian(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
