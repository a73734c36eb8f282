using Diffusion.Sdk.Imaging.Cairo;
using static Diffusion.Sdk.Imaging.Cairo.CairoNative;

namespace Diffusion.Sdk.Imaging;

/// <summary>Reads PNG files of any kind with cairo.</summary>
internal static unsafe class PngDecoder
{
    private const int FormatArgb32 = 0; // of cairo.h

    /// <summary>The picture as RGB bytes [H, W, 3], what is transparent over black.</summary>
    /// <param name="path">The file.</param>
    /// <param name="width">Its width in pixels.</param>
    /// <param name="height">Its height.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    internal static byte[] Decode(string path, int width, int height)
    {
        using CairoSurfaceHandle picture = cairo_image_surface_create_from_png(path);
        if (Words(cairo_surface_status(picture)) is { } words)
        {
            throw new InvalidDataException($"{path} is a damaged PNG file: {words}.");
        }
        // Files of 16 bits or without alpha come in other formats: drawing them makes one of them all.
        using CairoSurfaceHandle surface = cairo_image_surface_create(FormatArgb32, width, height);
        using CairoContextHandle context = cairo_create(surface);
        cairo_set_source_surface(context, picture, 0, 0);
        cairo_paint(context);
        Check(cairo_status(context), $"Reading {path}");
        cairo_surface_flush(surface);
        byte* data = cairo_image_surface_get_data(surface);
        int stride = cairo_image_surface_get_stride(surface);
        var rgb = new byte[width * height * 3];
        for (int i = 0; i < width * height; i++)
        {
            byte* pixel = data + (long)(i / width) * stride + i % width * 4; // B, G, R, A, multiplied by alpha
            (rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]) = (pixel[2], pixel[1], pixel[0]);
        }
        return rgb;
    }
}
