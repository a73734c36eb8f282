using System.Drawing;
using System.Numerics;
using Diffusion.Sdk.Imaging.Cairo;
using static Diffusion.Sdk.Imaging.Cairo.CairoNative;

namespace Diffusion.Sdk.Imaging;

/// <summary>Draws with cairo on an ARGB image in memory.</summary>
internal sealed unsafe class Surface : ISurface
{
    // Values of cairo's enums, from cairo.h.
    private const int FormatArgb32 = 0;
    private const int OperatorSource = 1;
    private const int OperatorOver = 2;
    private const int AntialiasNone = 1;
    private const int AntialiasGray = 2;
    private const int LineJoinRound = 1;
    private const int FilterNearest = 3;
    private const int ExtendPad = 3;
    private const int HintStyleNone = 1;
    private const int HintMetricsOff = 1;

    /// <summary>Of package fonts-dejavu-core; where it is absent, fontconfig takes the nearest sans-serif.</summary>
    private const string FontFamily = "DejaVu Sans";

    private readonly CairoSurfaceHandle _surface;
    private readonly CairoContextHandle _context;
    private readonly int _width;
    private readonly int _height;

    public Surface(int width, int height, Color background)
    {
        (_width, _height) = (width, height);
        _surface = cairo_image_surface_create(FormatArgb32, width, height);
        Check(cairo_surface_status(_surface), $"Making a picture of {width} x {height} pixels");
        _context = cairo_create(_surface);
        SetFontOptions();
        cairo_set_line_join(_context, LineJoinRound);
        cairo_set_operator(_context, OperatorSource);
        SetColor(background);
        cairo_paint(_context);
        cairo_set_operator(_context, OperatorOver);
        CheckContext("Starting to draw");
    }

    public void Stroke(ReadOnlySpan<Vector2> points, Color color, float thickness)
    {
        SetColor(color);
        cairo_set_line_width(_context, thickness);
        AddPath(points);
        cairo_stroke(_context);
        CheckContext("Drawing a line");
    }

    public void FillPolygon(ReadOnlySpan<Vector2> points, Color color)
    {
        SetColor(color);
        AddPath(points);
        cairo_close_path(_context);
        cairo_fill(_context);
        CheckContext("Filling a polygon");
    }

    public void FillCircle(Vector2 center, float radius, Color color)
    {
        SetColor(color);
        cairo_arc(_context, center.X, center.Y, radius, 0, 2 * Math.PI);
        cairo_fill(_context);
        CheckContext("Filling a circle");
    }

    public void DrawText(string text, Vector2 origin, float angle, float size, bool bold, Color color)
    {
        cairo_save(_context);
        SetFont(size, bold);
        SetColor(color);
        cairo_translate(_context, origin.X, origin.Y);
        cairo_rotate(_context, -angle * Math.PI / 180);
        cairo_move_to(_context, 0, 0);
        cairo_show_text(_context, text);
        cairo_new_path(_context); // show_text leaves a current point behind
        cairo_restore(_context);
        CheckContext("Drawing text");
    }

    public (float Width, float Ascent, float Descent) MeasureText(string text, float size, bool bold)
    {
        SetFont(size, bold);
        cairo_text_extents(_context, text, out TextExtents textExtents);
        cairo_font_extents(_context, out FontExtents fontExtents);
        CheckContext("Measuring text");
        return ((float)textExtents.XAdvance, (float)fontExtents.Ascent, (float)fontExtents.Descent);
    }

    public void DrawPixels(byte[] rgba, int width, int height, RectangleF target)
    {
        byte[] argb = new byte[rgba.Length];
        SwapRedAndBlue(rgba, argb);
        fixed (byte* data = argb)
        {
            using CairoSurfaceHandle source =
                cairo_image_surface_create_for_data(data, FormatArgb32, width, height, width * 4);
            Check(cairo_surface_status(source), "Reading an image");
            cairo_save(_context);
            cairo_translate(_context, target.X, target.Y);
            cairo_scale(_context, target.Width / width, target.Height / height);
            cairo_set_source_surface(_context, source, 0, 0);
            cairo_pattern_set_filter(cairo_get_source(_context), FilterNearest);
            cairo_pattern_set_extend(cairo_get_source(_context), ExtendPad);
            cairo_set_antialias(_context, AntialiasNone);
            cairo_rectangle(_context, 0, 0, width, height);
            cairo_fill(_context);
            cairo_restore(_context);
            // The context must not remember a source whose memory is about to move.
            SetColor(Color.Black);
            CheckContext("Drawing an image");
        }
    }

    public void PushClip(RectangleF area)
    {
        cairo_save(_context);
        cairo_rectangle(_context, area.X, area.Y, area.Width, area.Height);
        cairo_clip(_context);
        CheckContext("Clipping");
    }

    public void PopClip()
    {
        cairo_restore(_context);
        CheckContext("Ending a clip");
    }

    public void CopyRgba(Span<byte> rgba)
    {
        cairo_surface_flush(_surface);
        byte* data = cairo_image_surface_get_data(_surface);
        int stride = cairo_image_surface_get_stride(_surface);
        for (int y = 0; y < _height; y++)
        {
            Span<byte> row = rgba.Slice(y * _width * 4, _width * 4);
            SwapRedAndBlue(new ReadOnlySpan<byte>(data + (long)y * stride, row.Length), row);
            Pixels.Unpremultiply(row);
        }
    }

    public void Dispose()
    {
        _context.Dispose();
        _surface.Dispose();
    }

    /// <summary>
    /// Grey antialiasing without hinting: letters then look the same at every position and on every machine.
    /// </summary>
    private void SetFontOptions()
    {
        IntPtr options = cairo_font_options_create();
        cairo_font_options_set_antialias(options, AntialiasGray);
        cairo_font_options_set_hint_style(options, HintStyleNone);
        cairo_font_options_set_hint_metrics(options, HintMetricsOff);
        cairo_set_font_options(_context, options);
        cairo_font_options_destroy(options);
    }

    private void SetFont(float size, bool bold)
    {
        cairo_select_font_face(_context, FontFamily, slant: 0, weight: bold ? 1 : 0);
        cairo_set_font_size(_context, size);
    }

    private void SetColor(Color color) =>
        cairo_set_source_rgba(_context, color.R / 255.0, color.G / 255.0, color.B / 255.0, color.A / 255.0);

    private void AddPath(ReadOnlySpan<Vector2> points)
    {
        cairo_move_to(_context, points[0].X, points[0].Y);
        foreach (Vector2 point in points[1..])
        {
            cairo_line_to(_context, point.X, point.Y);
        }
    }

    private void CheckContext(string call) => Check(cairo_status(_context), call);

    /// <summary>
    /// Cairo keeps a pixel as one native-endian word, ARGB: bytes B, G, R, A on the machines .NET runs on.
    /// </summary>
    private static void SwapRedAndBlue(ReadOnlySpan<byte> from, Span<byte> to)
    {
        for (int i = 0; i < from.Length; i += 4)
        {
            (to[i], to[i + 1], to[i + 2], to[i + 3]) = (from[i + 2], from[i + 1], from[i], from[i + 3]);
        }
    }
}
