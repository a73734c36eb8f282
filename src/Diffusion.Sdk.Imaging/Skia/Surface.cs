using System.Drawing;
using System.Numerics;
using SkiaSharp;

namespace Diffusion.Sdk.Imaging;

/// <summary>Draws with SkiaSharp 3 on a raster surface in memory.</summary>
internal sealed unsafe class Surface : ISurface
{
    /// <summary>Of package fonts-dejavu-core on Debian; where it is absent, Skia takes its default.</summary>
    private const string FontFamily = "DejaVu Sans";

    private readonly SKSurface _surface;
    private readonly SKCanvas _canvas;
    private readonly int _width;
    private readonly int _height;

    public Surface(int width, int height, Color background)
    {
        (_width, _height) = (width, height);
        try
        {
            _surface = SKSurface.Create(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Premul));
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException)
        {
            throw new ImagingException(
                "Drawing needs the native library of SkiaSharp (libSkiaSharp), which is not there. " +
                "On Linux it comes with the package SkiaSharp.NativeAssets.Linux.NoDependencies.", e);
        }
        if (_surface is null)
        {
            throw new ImagingException($"Making a picture of {width} x {height} pixels failed: out of memory.");
        }
        _canvas = _surface.Canvas;
        _canvas.Clear(ToSkia(background));
    }

    public void Stroke(ReadOnlySpan<Vector2> points, Color color, float thickness)
    {
        using SKPaint paint = Paint(color);
        paint.Style = SKPaintStyle.Stroke;
        paint.StrokeWidth = thickness;
        paint.StrokeJoin = SKStrokeJoin.Round;
        paint.StrokeCap = SKStrokeCap.Butt;
        DrawPath(points, closed: false, paint);
    }

    public void FillPolygon(ReadOnlySpan<Vector2> points, Color color)
    {
        using SKPaint paint = Paint(color);
        DrawPath(points, closed: true, paint);
    }

    public void FillCircle(Vector2 center, float radius, Color color)
    {
        using SKPaint paint = Paint(color);
        _canvas.DrawCircle(center.X, center.Y, radius, paint);
    }

    public void DrawText(string text, Vector2 origin, float angle, float size, bool bold, Color color)
    {
        using SKFont font = Font(size, bold);
        using SKPaint paint = Paint(color);
        _canvas.Save();
        _canvas.Translate(origin.X, origin.Y);
        _canvas.RotateDegrees(-angle);
        _canvas.DrawText(text, 0, 0, SKTextAlign.Left, font, paint);
        _canvas.Restore();
    }

    public (float Width, float Ascent, float Descent) MeasureText(string text, float size, bool bold)
    {
        using SKFont font = Font(size, bold);
        SKFontMetrics metrics = font.Metrics;
        return (font.MeasureText(text), -metrics.Ascent, metrics.Descent); // Skia's ascent is a y, so negative
    }

    public void DrawPixels(byte[] rgba, int width, int height, RectangleF target)
    {
        var info = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using SKImage image = SKImage.FromPixelCopy(info, rgba);
        var nearest = new SKSamplingOptions(SKFilterMode.Nearest, SKMipmapMode.None);
        _canvas.DrawImage(image, new SKRect(target.Left, target.Top, target.Right, target.Bottom), nearest);
    }

    public void PushClip(RectangleF area)
    {
        _canvas.Save();
        var rectangle = new SKRect(area.Left, area.Top, area.Right, area.Bottom);
        _canvas.ClipRect(rectangle, SKClipOperation.Intersect, antialias: true);
    }

    public void PopClip() => _canvas.Restore();

    public void CopyRgba(Span<byte> rgba)
    {
        var info = new SKImageInfo(_width, _height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        fixed (byte* pixels = rgba)
        {
            if (!_surface.ReadPixels(info, (IntPtr)pixels, info.RowBytes, 0, 0))
            {
                throw new ImagingException($"Reading the {_width} x {_height} pixels of a picture failed.");
            }
        }
    }

    public void Dispose() => _surface.Dispose(); // the canvas belongs to it

    private static SKPaint Paint(Color color) => new() { IsAntialias = true, Color = ToSkia(color) };

    private static SKColor ToSkia(Color color) => new(color.R, color.G, color.B, color.A);

    /// <summary>Without hinting, so that letters look the same at every position.</summary>
    private static SKFont Font(float size, bool bold)
    {
        SKTypeface typeface = SKTypeface.FromFamilyName(FontFamily, bold ? SKFontStyle.Bold : SKFontStyle.Normal);
        return new SKFont(typeface ?? SKTypeface.Default, size)
        {
            Edging = SKFontEdging.Antialias,
            Hinting = SKFontHinting.None,
            LinearMetrics = true,
            Subpixel = true,
        };
    }

    private void DrawPath(ReadOnlySpan<Vector2> points, bool closed, SKPaint paint)
    {
        var corners = new SKPoint[points.Length];
        for (int i = 0; i < points.Length; i++)
        {
            corners[i] = new SKPoint(points[i].X, points[i].Y);
        }
        using var path = new SKPath();
        path.AddPoly(corners, closed);
        _canvas.DrawPath(path, paint);
    }
}
