using System.Drawing;

namespace Diffusion.Sdk.Imaging.Axes;

/// <summary>Draws a title along the top of an area.</summary>
internal static class Heading
{
    /// <summary>What a title takes of the height, at most.</summary>
    internal const int Height = 24;

    private const float SmallestTitle = 10;

    /// <summary>Draws the title, centred, made smaller and at last shortened to fit.</summary>
    /// <returns>What is left of the area below it.</returns>
    internal static RectangleF Draw(Canvas canvas, RectangleF area, string? title)
    {
        if (string.IsNullOrEmpty(title))
        {
            return area;
        }
        TextStyle style = Theme.Title(Theme.TextScale(area));
        float width = canvas.MeasureText(title, style).Width;
        if (width > area.Width)
        {
            style = style with { Size = Math.Max(SmallestTitle, style.Size * area.Width / width) };
            title = Shorten(canvas, title, style, area.Width);
        }
        canvas.DrawText(title, new(area.Left + area.Width / 2, area.Top),
            style with { Horizontal = HorizontalAlignment.Center, Vertical = VerticalAlignment.Top });
        float height = canvas.MeasureText(title, style).Height + Theme.Gap;
        return RectangleF.FromLTRB(area.Left, area.Top + height, area.Right, area.Bottom);
    }

    private static string Shorten(Canvas canvas, string text, TextStyle style, float width)
    {
        string shortened = text;
        int length = text.Length;
        while (length > 1 && canvas.MeasureText(shortened, style).Width > width + 1)
        {
            shortened = text[..--length].TrimEnd() + "\u2026";
        }
        return shortened;
    }
}
