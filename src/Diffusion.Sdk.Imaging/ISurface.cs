using System.Drawing;
using System.Numerics;

namespace Diffusion.Sdk.Imaging;

/// <summary>
/// What a drawing library has to offer to <see cref="Canvas"/>. Coordinates are pixels from the top left corner,
/// y downwards; arguments are already validated. Exactly one implementation, <c>Surface</c>, is compiled:
/// the one in the folder that the build property <c>ImagingProvider</c> names.
/// </summary>
internal interface ISurface : IDisposable
{
    /// <summary>
    /// Strokes the open line through <paramref name="points"/> (at least two), with round joins and butt ends.
    /// </summary>
    void Stroke(ReadOnlySpan<Vector2> points, Color color, float thickness);

    /// <summary>Fills the closed polygon through <paramref name="points"/> (at least three), antialiased.</summary>
    void FillPolygon(ReadOnlySpan<Vector2> points, Color color);

    /// <summary>Fills a disc, antialiased.</summary>
    void FillCircle(Vector2 center, float radius, Color color);

    /// <summary>
    /// Draws one line of text whose baseline starts at <paramref name="origin"/>, turned by <paramref name="angle"/>
    /// degrees counter-clockwise.
    /// </summary>
    void DrawText(string text, Vector2 origin, float angle, float size, bool bold, Color color);

    /// <summary>Advance width, and ascent and descent of the font, in pixels.</summary>
    (float Width, float Ascent, float Descent) MeasureText(string text, float size, bool bold);

    /// <summary>
    /// Draws opaque RGBA pixels [height, width, 4] into <paramref name="target"/>, each pixel a plain rectangle.
    /// </summary>
    void DrawPixels(byte[] rgba, int width, int height, RectangleF target);

    /// <summary>
    /// Restricts drawing to <paramref name="area"/> as well, until the matching <see cref="PopClip"/>.
    /// </summary>
    void PushClip(RectangleF area);

    /// <summary>Ends the newest clip.</summary>
    void PopClip();

    /// <summary>Copies the picture as RGBA, alpha not premultiplied, [height, width, 4].</summary>
    void CopyRgba(Span<byte> rgba);
}
