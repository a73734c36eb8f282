using System.Buffers.Binary;
using Diffusion.Sdk.Imaging.Png;

namespace Diffusion.Sdk.Imaging.Tests.Png;

public class PngEncoderTests
{
    [Theory]
    [InlineData(1, 0)] // grey
    [InlineData(3, 2)] // RGB
    [InlineData(4, 6)] // RGBA
    public void Encode_EachColorType_DecodesToTheSamePixels(int channels, byte colorType)
    {
        byte[] rgba = RandomPixels(13, 7, channels, seed: 1);
        byte[] png = Encode(13, 7, rgba);
        Assert.Equal(colorType, PngReader.ReadChunks(png)[0].Data[9]);
        (int width, int height, byte[] decoded) = PngReader.Read(png);
        Assert.Equal((13, 7), (width, height));
        Assert.Equal(rgba, decoded);
    }

    [Fact]
    public void Encode_AnyPicture_HasChunksInOrderAndTheKnownLastOne()
    {
        byte[] png = Encode(1, 1, [1, 2, 3, 255]);
        Assert.Equal(["IHDR", "IDAT", "IEND"], PngReader.ReadChunks(png).Select(chunk => chunk.Type));
        // The empty IEND chunk with its checksum is the same in every PNG file.
        Assert.Equal([0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82], png[^12..]);
    }

    [Fact]
    public void Crc32_OfCheckString_IsTheCataloguedValue() =>
        Assert.Equal(0xCBF43926, Crc32.Compute("1234"u8, "56789"u8));

    [Fact]
    public void EncodeAnimation_SomeFrames_NumbersEveryFrameChunkInSequence()
    {
        byte[][] frames = [.. Enumerable.Range(0, 4).Select(i => RandomPixels(6, 5, 3, seed: i))];
        List<(string Type, byte[] Data)> chunks = PngReader.ReadChunks(EncodeAnimation(6, 5, frames));
        Assert.Equal(
            ["IHDR", "acTL", "fcTL", "IDAT", "fcTL", "fdAT", "fcTL", "fdAT", "fcTL", "fdAT", "IEND"], chunks.Select(chunk => chunk.Type));
        Assert.Equal([0, 0, 0, 4, 0, 0, 0, 0], chunks[1].Data); // four frames, for ever
        IEnumerable<int> sequence = chunks
            .Where(chunk => chunk.Type is "fcTL" or "fdAT")
            .Select(chunk => BinaryPrimitives.ReadInt32BigEndian(chunk.Data));
        Assert.Equal(Enumerable.Range(0, 7), sequence);
        Assert.All(chunks.Where(chunk => chunk.Type == "fcTL"), chunk => Assert.Equal(26, chunk.Data.Length));
    }

    [Fact]
    public void EncodeAnimation_PartsChange_ComposesToEveryFrame()
    {
        byte[] first = RandomPixels(9, 8, 3, seed: 1);
        byte[] second = [.. first];
        second[(3 * 9 + 4) * 4] ^= 0xFF;
        second[(5 * 9 + 2) * 4 + 1] ^= 0xFF;
        byte[] third = [.. second]; // nothing changes
        byte[] fourth = RandomPixels(9, 8, 3, seed: 2);
        byte[] png = EncodeAnimation(9, 8, first, second, third, fourth);
        List<(byte[] Rgba, int Milliseconds)> shown = PngReader.ReadFrames(png);
        Assert.Equal([first, second, third, fourth], shown.Select(frame => frame.Rgba));
        Assert.Equal([100, 101, 102, 103], shown.Select(frame => frame.Milliseconds));
        // Only the rectangle from (2, 3) to (4, 5) is stored for the second frame.
        byte[] control = PngReader.ReadChunks(png).Where(chunk => chunk.Type == "fcTL").ElementAt(1).Data;
        Assert.Equal([0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 3], control[4..20]);
    }

    [Fact]
    public void EncodeAnimation_InPlainPngReader_ShowsTheFirstFrame()
    {
        byte[] first = RandomPixels(6, 5, 3, seed: 1);
        Assert.Equal(first, PngReader.Read(EncodeAnimation(6, 5, first, RandomPixels(6, 5, 3, seed: 2))).Rgba);
    }

    private static byte[] Encode(int width, int height, byte[] rgba)
    {
        using var stream = new MemoryStream();
        PngEncoder.Encode(stream, width, height, rgba);
        return stream.ToArray();
    }

    private static byte[] EncodeAnimation(int width, int height, params byte[][] frames)
    {
        using var stream = new MemoryStream();
        PngEncoder.EncodeAnimation(stream, width, height, frames.Length, frames.Select((frame, i) => (frame, (ushort)(100 + i))));
        return stream.ToArray();
    }

    /// <summary>RGBA pixels that need exactly so many channels.</summary>
    private static byte[] RandomPixels(int width, int height, int channels, int seed)
    {
        var rgba = new byte[width * height * 4];
        new Random(seed).NextBytes(rgba);
        for (int i = 0; i < rgba.Length; i += 4)
        {
            rgba[i + 3] = channels == 4 ? rgba[i + 3] : (byte)255;
            (rgba[i + 1], rgba[i + 2]) = channels == 1 ? (rgba[i], rgba[i]) : (rgba[i + 1], rgba[i + 2]);
        }
        return rgba;
    }
}
