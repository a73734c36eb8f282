using SkiaSharp;

namespace Diffusion.Sdk.Imaging;

/// <summary>Reads PNG files of any kind with Skia.</summary>
internal static class PngDecoder
{
    /// <summary>The picture as RGB bytes [H, W, 3], what is transparent over black.</summary>
    /// <param name="path">The file.</param>
    /// <param name="width">Its width in pixels.</param>
    /// <param name="height">Its height.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    internal static byte[] Decode(string path, int width, int height)
    {
        var info = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Premul);
        using SKCodec codec = SKCodec.Create(path) ?? throw new InvalidDataException($"{path} is a damaged PNG file.");
        byte[] rgba = new byte[info.BytesSize];
        SKCodecResult result;
        unsafe
        {
            fixed (byte* pixels = rgba)
            {
                result = codec.GetPixels(info, (IntPtr)pixels);
            }
        }
        if (result != SKCodecResult.Success)
        {
            throw new InvalidDataException($"{path} is a damaged PNG file: {result}.");
        }
        var rgb = new byte[width * height * 3];
        for (int i = 0; i < width * height; i++)
        {
            rgba.AsSpan(4 * i, 3).CopyTo(rgb.AsSpan(3 * i));
        }
        return rgb;
    }
}
