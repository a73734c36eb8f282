using System.Runtime.InteropServices;

namespace Diffusion.Sdk.Imaging.Cairo;

/// <summary>Every call into libcairo, 1.16 or later. Nothing outside this folder sees it.</summary>
internal static unsafe partial class CairoNative
{
    /// <summary>How the library's file is called on Linux, macOS and Windows.</summary>
    private static readonly string[] s_fileNames = ["libcairo.so.2", "libcairo.2.dylib", "libcairo-2.dll"];

    private const string Library = "cairo";

    static CairoNative() =>
        NativeLibrary.SetDllImportResolver(typeof(CairoNative).Assembly,
            (name, _, _) => name == Library ? Load(s_fileNames) : IntPtr.Zero);

    /// <summary>Loads the first of these libraries that there is.</summary>
    /// <exception cref="ImagingException">There is none.</exception>
    internal static IntPtr Load(string[] fileNames)
    {
        foreach (string fileName in fileNames)
        {
            if (NativeLibrary.TryLoad(fileName, out IntPtr library))
            {
                return library;
            }
        }
        throw new ImagingException(
            $"Drawing needs the cairo library ({fileNames[0]}), which is not installed. " +
            "On Debian or Ubuntu: apt-get install libcairo2 fonts-dejavu-core");
    }

    /// <summary>Turns a status code other than success into an exception with cairo's own words.</summary>
    internal static void Check(int status, string call)
    {
        if (Words(status) is { } words)
        {
            throw new ImagingException($"{call} failed: {words} (cairo status {status}).");
        }
    }

    /// <summary>What cairo says about a status code; null for success.</summary>
    internal static string? Words(int status) =>
        status == 0 ? null : Marshal.PtrToStringUTF8(cairo_status_to_string(status));

    [LibraryImport(Library)]
    private static partial IntPtr cairo_status_to_string(int status);

    [LibraryImport(Library)]
    internal static partial CairoSurfaceHandle cairo_image_surface_create(int format, int width, int height);

    [LibraryImport(Library)]
    internal static partial CairoSurfaceHandle cairo_image_surface_create_for_data(
        byte* data, int format, int width, int height, int stride);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial CairoSurfaceHandle cairo_image_surface_create_from_png(string filename);

    [LibraryImport(Library)]
    internal static partial int cairo_surface_status(CairoSurfaceHandle surface);

    [LibraryImport(Library)]
    internal static partial void cairo_surface_flush(CairoSurfaceHandle surface);

    [LibraryImport(Library)]
    internal static partial byte* cairo_image_surface_get_data(CairoSurfaceHandle surface);

    [LibraryImport(Library)]
    internal static partial int cairo_image_surface_get_stride(CairoSurfaceHandle surface);

    [LibraryImport(Library)]
    internal static partial void cairo_surface_destroy(IntPtr surface);

    [LibraryImport(Library)]
    internal static partial CairoContextHandle cairo_create(CairoSurfaceHandle surface);

    [LibraryImport(Library)]
    internal static partial void cairo_destroy(IntPtr context);

    [LibraryImport(Library)]
    internal static partial int cairo_status(CairoContextHandle context);

    [LibraryImport(Library)]
    internal static partial void cairo_save(CairoContextHandle context);

    [LibraryImport(Library)]
    internal static partial void cairo_restore(CairoContextHandle context);

    [LibraryImport(Library)]
    internal static partial void cairo_translate(CairoContextHandle context, double x, double y);

    [LibraryImport(Library)]
    internal static partial void cairo_scale(CairoContextHandle context, double x, double y);

    [LibraryImport(Library)]
    internal static partial void cairo_rotate(CairoContextHandle context, double radians);

    [LibraryImport(Library)]
    internal static partial void cairo_set_source_rgba(
        CairoContextHandle context, double red, double green, double blue, double alpha);

    [LibraryImport(Library)]
    internal static partial void cairo_set_source_surface(
        CairoContextHandle context, CairoSurfaceHandle surface, double x, double y);

    [LibraryImport(Library)]
    internal static partial IntPtr cairo_get_source(CairoContextHandle context);

    [LibraryImport(Library)]
    internal static partial void cairo_pattern_set_filter(IntPtr pattern, int filter);

    [LibraryImport(Library)]
    internal static partial void cairo_pattern_set_extend(IntPtr pattern, int extend);

    [LibraryImport(Library)]
    internal static partial void cairo_set_operator(CairoContextHandle context, int value);

    [LibraryImport(Library)]
    internal static partial void cairo_set_antialias(CairoContextHandle context, int value);

    [LibraryImport(Library)]
    internal static partial void cairo_set_line_width(CairoContextHandle context, double width);

    [LibraryImport(Library)]
    internal static partial void cairo_set_line_join(CairoContextHandle context, int join);

    [LibraryImport(Library)]
    internal static partial void cairo_move_to(CairoContextHandle context, double x, double y);

    [LibraryImport(Library)]
    internal static partial void cairo_line_to(CairoContextHandle context, double x, double y);

    [LibraryImport(Library)]
    internal static partial void cairo_arc(
        CairoContextHandle context, double x, double y, double radius, double from, double to);

    [LibraryImport(Library)]
    internal static partial void cairo_rectangle(
        CairoContextHandle context, double x, double y, double width, double height);

    [LibraryImport(Library)]
    internal static partial void cairo_close_path(CairoContextHandle context);

    [LibraryImport(Library)]
    internal static partial void cairo_new_path(CairoContextHandle context);

    [LibraryImport(Library)]
    internal static partial void cairo_stroke(CairoContextHandle context);

    [LibraryImport(Library)]
    internal static partial void cairo_fill(CairoContextHandle context);

    [LibraryImport(Library)]
    internal static partial void cairo_paint(CairoContextHandle context);

    [LibraryImport(Library)]
    internal static partial void cairo_clip(CairoContextHandle context);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void cairo_select_font_face(
        CairoContextHandle context, string family, int slant, int weight);

    [LibraryImport(Library)]
    internal static partial void cairo_set_font_size(CairoContextHandle context, double size);

    [LibraryImport(Library)]
    internal static partial void cairo_set_font_options(CairoContextHandle context, IntPtr options);

    [LibraryImport(Library)]
    internal static partial IntPtr cairo_font_options_create();

    [LibraryImport(Library)]
    internal static partial void cairo_font_options_destroy(IntPtr options);

    [LibraryImport(Library)]
    internal static partial void cairo_font_options_set_antialias(IntPtr options, int antialias);

    [LibraryImport(Library)]
    internal static partial void cairo_font_options_set_hint_style(IntPtr options, int style);

    [LibraryImport(Library)]
    internal static partial void cairo_font_options_set_hint_metrics(IntPtr options, int metrics);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void cairo_show_text(CairoContextHandle context, string text);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void cairo_text_extents(CairoContextHandle context, string text, out TextExtents extents);

    [LibraryImport(Library)]
    internal static partial void cairo_font_extents(CairoContextHandle context, out FontExtents extents);

    /// <summary>cairo_text_extents_t, in user-space units.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct TextExtents
    {
        public double XBearing, YBearing, Width, Height, XAdvance, YAdvance;
    }

    /// <summary>cairo_font_extents_t, in user-space units.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct FontExtents
    {
        public double Ascent, Descent, Height, MaxXAdvance, MaxYAdvance;
    }
}
