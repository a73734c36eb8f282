namespace Diffusion.Sdk.Pipelines;

/// <summary>An 8-bit picture, grey (1 channel) or RGB (3 channels), rows from the top, channels interleaved.</summary>
public sealed class PixelImage
{
    private readonly byte[] _pixels;

    private PixelImage(int width, int height, int channels, byte[] pixels) =>
        (Width, Height, Channels, _pixels) = (width, height, channels, pixels);

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>1 for grey, 3 for RGB.</summary>
    public int Channels { get; }

    /// <summary>Height * Width * Channels bytes, [H, W, C].</summary>
    public ReadOnlySpan<byte> Pixels => _pixels;

    /// <summary>Turns one sample [C, H, W] with values in [-1, 1] into bytes: round((v + 1) / 2 * 255),
    /// clipped.</summary>
    internal static PixelImage FromPlanes(ReadOnlySpan<float> planes, int channels, int height, int width)
    {
        var pixels = new byte[planes.Length];
        for (int c = 0; c < channels; c++)
        {
            for (int i = 0; i < height * width; i++)
            {
                float unit = Math.Clamp((planes[c * height * width + i] + 1f) / 2f, 0f, 1f);
                pixels[i * channels + c] = (byte)MathF.Round(unit * 255f);
            }
        }
        return new PixelImage(width, height, channels, pixels);
    }
}
