using System.Buffers.Binary;
using System.IO.Compression;

namespace Diffusion.Sdk.Tests.Data;

/// <summary>Makes IDX files of unsigned bytes.</summary>
internal static class IdxBytes
{
    /// <summary>The header for these sizes, then the values.</summary>
    public static byte[] Of(int[] sizes, byte[] values)
    {
        var file = new List<byte> { 0, 0, 8, (byte)sizes.Length };
        foreach (int size in sizes)
        {
            var bytes = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(bytes, size);
            file.AddRange(bytes);
        }
        return [.. file, .. values];
    }

    /// <summary>Numbered bytes.</summary>
    public static byte[] Count(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)i)];

    public static byte[] Gzip(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
        {
            gzip.Write(content);
        }
        return compressed.ToArray();
    }
}
