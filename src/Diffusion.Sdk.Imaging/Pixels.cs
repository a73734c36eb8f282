using Diffusion.Sdk.Pipelines;

namespace Diffusion.Sdk.Imaging;

/// <summary>Conversions of pixel bytes.</summary>
internal static class Pixels
{
    /// <summary>A grey or RGB picture as opaque RGBA, [H, W, 4].</summary>
    internal static byte[] ToRgba(PixelImage image)
    {
        var rgba = new byte[image.Width * image.Height * 4];
        ReadOnlySpan<byte> source = image.Pixels;
        int green = image.Channels == 3 ? 1 : 0;
        for (int i = 0, o = 0; o < rgba.Length; i += image.Channels, o += 4)
        {
            (rgba[o], rgba[o + 1], rgba[o + 2]) = (source[i], source[i + green], source[i + 2 * green]);
            rgba[o + 3] = 255;
        }
        return rgba;
    }

    /// <summary>Divides colour by alpha, in place: libraries that blend keep them multiplied, files do not.</summary>
    internal static void Unpremultiply(Span<byte> rgba)
    {
        for (int i = 0; i < rgba.Length; i += 4)
        {
            int alpha = rgba[i + 3];
            if (alpha is not (0 or 255))
            {
                for (int channel = i; channel < i + 3; channel++)
                {
                    rgba[channel] = (byte)Math.Min(255, (rgba[channel] * 255 + alpha / 2) / alpha);
                }
            }
        }
    }
}
