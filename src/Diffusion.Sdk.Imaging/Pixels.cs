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

    /// <summary>Whether an RGB picture [H, W, 3] has no colour.</summary>
    internal static bool IsGrey(byte[] rgb)
    {
        for (int i = 0; i < rgb.Length; i += 3)
        {
            if (rgb[i] != rgb[i + 1] || rgb[i] != rgb[i + 2])
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>An RGB picture [H, W, 3] as its planes [3, H, W], or as the one of its luma, ITU-R BT.601.</summary>
    internal static void ToPlanes(byte[] rgb, int planes, Span<byte> destination)
    {
        int pixels = rgb.Length / 3;
        for (int i = 0; i < pixels; i++)
        {
            (byte red, byte green, byte blue) = (rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]);
            if (planes == 1)
            {
                destination[i] = (byte)((299 * red + 587 * green + 114 * blue + 500) / 1000);
                continue;
            }
            (destination[i], destination[pixels + i], destination[2 * pixels + i]) = (red, green, blue);
        }
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
