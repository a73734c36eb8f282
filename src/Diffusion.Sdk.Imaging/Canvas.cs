using System.Drawing;
using System.Numerics;
using Diffusion.Sdk.Imaging.Png;
using Diffusion.Sdk.Pipelines;
using static Diffusion.Sdk.Imaging.CanvasChecks;

namespace Diffusion.Sdk.Imaging;

/// <summary>
/// A picture to draw on. Coordinates are pixels from the top left corner, y downwards; pixel (0, 0) covers the
/// square from (0, 0) to (1, 1), so a crisp one-pixel line runs through .5 coordinates. Shapes are antialiased
/// and blend by their colour's alpha. One thread at a time may use a canvas; different canvases are independent.
/// </summary>
public sealed class Canvas : IDisposable
{
    /// <summary>The most pixels a side may have.</summary>
    public const int MaxSide = 16384;

    private readonly Surface _surface;

    /// <summary>Makes a picture of one colour. The caller disposes it.</summary>
    /// <param name="width">Pixels in a row, in [1, <see cref="MaxSide"/>].</param>
    /// <param name="height">Rows, in [1, <see cref="MaxSide"/>].</param>
    /// <param name="background">The colour; null is white. May be transparent.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is out of its range.</exception>
    /// <exception cref="ImagingException">The drawing library is not installed; the message names its
    /// package.</exception>
    public Canvas(int width, int height, Color? background = null)
    {
        CheckSide(width, nameof(width));
        CheckSide(height, nameof(height));
        (Width, Height) = (width, height);
        _surface = new Surface(width, height, background ?? Color.White);
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Draws a straight line.</summary>
    /// <param name="from">One end, in pixels.</param>
    /// <param name="to">The other end.</param>
    /// <param name="color">Its colour.</param>
    /// <param name="thickness">Its width in pixels, positive.</param>
    /// <exception cref="ArgumentException">A coordinate or the thickness is not a finite, and for the thickness
    /// positive, number.</exception>
    public void DrawLine(Vector2 from, Vector2 to, Color color, float thickness = 1) =>
        DrawPolyline([from, to], color, thickness);

    /// <summary>Draws a line through points, as one stroke: where it crosses itself, its alpha counts once.</summary>
    /// <param name="points">At least two, in pixels.</param>
    /// <param name="color">Its colour.</param>
    /// <param name="thickness">Its width in pixels, positive.</param>
    /// <exception cref="ArgumentException">There are fewer than two points, or a number is not finite, or the thickness
    /// not positive.</exception>
    public void DrawPolyline(ReadOnlySpan<Vector2> points, Color color, float thickness = 1)
    {
        CheckPoints(points, 2, nameof(points));
        CheckPositive(thickness, nameof(thickness));
        _surface.Stroke(points, color, thickness);
    }

    /// <summary>Draws the outline of a rectangle, centred on its edges.</summary>
    /// <param name="area">The rectangle, in pixels.</param>
    /// <param name="color">Its colour.</param>
    /// <param name="thickness">Its width in pixels, positive.</param>
    /// <exception cref="ArgumentException">A number is not finite, or the thickness not positive.</exception>
    public void DrawRectangle(RectangleF area, Color color, float thickness = 1)
    {
        // Half the top edge is drawn twice so that the last corner is joined, not butted.
        Vector2[] corners = Corners(area);
        DrawPolyline([.. corners, corners[0], (corners[0] + corners[1]) / 2], color, thickness);
    }

    /// <summary>Fills a rectangle.</summary>
    /// <param name="area">The rectangle, in pixels.</param>
    /// <param name="color">Its colour.</param>
    /// <exception cref="ArgumentException">A number is not finite.</exception>
    public void FillRectangle(RectangleF area, Color color) =>
        FillPolygon(Corners(area), color);

    /// <summary>Fills a polygon.</summary>
    /// <param name="corners">At least three, in pixels.</param>
    /// <param name="color">Its colour.</param>
    /// <exception cref="ArgumentException">There are fewer than three corners, or a coordinate is not
    /// finite.</exception>
    public void FillPolygon(ReadOnlySpan<Vector2> corners, Color color)
    {
        CheckPoints(corners, 3, nameof(corners));
        _surface.FillPolygon(corners, color);
    }

    /// <summary>Fills a disc.</summary>
    /// <param name="center">Its middle, in pixels.</param>
    /// <param name="radius">Its radius in pixels, positive.</param>
    /// <param name="color">Its colour.</param>
    /// <exception cref="ArgumentException">A number is not finite, or the radius not positive.</exception>
    public void FillCircle(Vector2 center, float radius, Color color)
    {
        CheckPoints([center], 1, nameof(center));
        CheckPositive(radius, nameof(radius));
        _surface.FillCircle(center, radius, color);
    }

    /// <summary>Draws one line of text.</summary>
    /// <param name="text">The text; empty draws nothing.</param>
    /// <param name="anchor">The point, in pixels, that the text is aligned to and turned about.</param>
    /// <param name="style">Size, colour, alignment and angle.</param>
    /// <exception cref="ArgumentException">A number is not finite, or the size not positive.</exception>
    public void DrawText(string text, Vector2 anchor, TextStyle style)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(style);
        CheckPoints([anchor, new(style.Angle)], 1, nameof(anchor));
        CheckPositive(style.Size, nameof(style));
        if (text.Length == 0)
        {
            return;
        }
        (float width, float ascent, float descent) = _surface.MeasureText(text, style.Size, style.Bold);
        float left = style.Horizontal switch
        {
            HorizontalAlignment.Center => -width / 2,
            HorizontalAlignment.Right => -width,
            _ => 0,
        };
        float baseline = style.Vertical switch
        {
            VerticalAlignment.Top => ascent,
            VerticalAlignment.Middle => CapHeight * style.Size / 2,
            VerticalAlignment.Bottom => -descent,
            _ => 0,
        };
        // y is downwards here, so a counter-clockwise turn is a negative angle.
        Matrix3x2 turn = Matrix3x2.CreateRotation(-style.Angle * MathF.PI / 180);
        Vector2 origin = anchor + Vector2.Transform(new(left, baseline), turn);
        _surface.DrawText(text, origin, style.Angle, style.Size, style.Bold, style.Color);
    }

    /// <summary>How much room a line of text takes.</summary>
    /// <param name="text">The text.</param>
    /// <param name="style">Its size and weight; alignment, angle and colour do not matter.</param>
    /// <returns>The advance width and the height of the font's line, in pixels.</returns>
    /// <exception cref="ArgumentException">The size is not a positive number.</exception>
    public SizeF MeasureText(string text, TextStyle style)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(style);
        CheckPositive(style.Size, nameof(style));
        (float width, float ascent, float descent) = _surface.MeasureText(text, style.Size, style.Bold);
        return new SizeF(width, ascent + descent);
    }

    /// <summary>Draws a picture into a rectangle; enlarged pixels stay plain rectangles (nearest neighbour).</summary>
    /// <param name="image">The picture.</param>
    /// <param name="target">Where it goes, in pixels; not empty.</param>
    /// <exception cref="ArgumentException">The rectangle is empty or not finite.</exception>
    public void DrawImage(PixelImage image, RectangleF target)
    {
        ArgumentNullException.ThrowIfNull(image);
        CheckPoints([new(target.X, target.Y)], 1, nameof(target));
        CheckPositive(target.Width, nameof(target));
        CheckPositive(target.Height, nameof(target));
        _surface.DrawPixels(Pixels.ToRgba(image), image.Width, image.Height, target);
    }

    /// <summary>Restricts drawing to a rectangle until the result is disposed; clips may be nested.</summary>
    /// <param name="area">The rectangle, in pixels.</param>
    /// <returns>Ends the clip when disposed; newest first.</returns>
    /// <exception cref="ArgumentException">The rectangle is not finite.</exception>
    public IDisposable Clip(RectangleF area)
    {
        CheckPoints([new(area.Left, area.Top), new(area.Right, area.Bottom)], 2, nameof(area));
        _surface.PushClip(area);
        return new ClipScope(_surface);
    }

    /// <summary>The picture's pixels.</summary>
    /// <returns>Red, green, blue, alpha (not premultiplied), [H, W, 4], values in [0, 255]; H rows from the top, W
    /// pixels in a row.</returns>
    public byte[] ToRgba()
    {
        var rgba = new byte[Width * Height * 4];
        _surface.CopyRgba(rgba);
        return rgba;
    }

    /// <summary>The picture as the bytes of a PNG file, for a web page or a database.</summary>
    public byte[] ToPng()
    {
        using var png = new MemoryStream();
        PngEncoder.Encode(png, Width, Height, ToRgba());
        return png.ToArray();
    }

    /// <summary>
    /// Saves the picture as PNG. The file appears whole or not at all; its folder is made when absent.
    /// </summary>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <exception cref="IOException">The file could not be written; the message names it.</exception>
    public void Save(string path)
    {
        byte[] rgba = ToRgba();
        PictureFile.Write(path, stream => PngEncoder.Encode(stream, Width, Height, rgba));
    }

    /// <inheritdoc/>
    public void Dispose() => _surface.Dispose();

    /// <summary>Height of a capital letter over the em size, for DejaVu Sans and its like.</summary>
    private const float CapHeight = 0.729f;

    /// <summary>Clockwise from the top left.</summary>
    private static Vector2[] Corners(RectangleF area) =>
    [
        new(area.Left, area.Top), new(area.Right, area.Top), new(area.Right, area.Bottom), new(area.Left, area.Bottom),
    ];

    private sealed class ClipScope(Surface surface) : IDisposable
    {
        private bool _ended;

        public void Dispose()
        {
            if (!_ended)
            {
                _ended = true;
                surface.PopClip();
            }
        }
    }
}
