using System.Drawing;

namespace Diffusion.Sdk.Imaging.Axes;

/// <summary>The look that all plots share. Sizes are pixels.</summary>
internal static class Theme
{
    internal const float Padding = 10;
    internal const float TickLength = 4;
    internal const float Gap = 6;

    internal static Color Ink => Color.FromArgb(0x26, 0x26, 0x26);

    internal static Color MutedInk => Color.FromArgb(0x59, 0x59, 0x59);

    internal static Color AxisLine => Color.FromArgb(0x8C, 0x8C, 0x8C);

    internal static Color GridLine => Color.FromArgb(0xE9, 0xE9, 0xE9);

    /// <summary>Letters are a little smaller in small plots.</summary>
    internal static float TextScale(RectangleF area) =>
        Math.Clamp(Math.Min(area.Width, area.Height) / 300, 0.84f, 1f);

    internal static TextStyle Title(float scale) => new() { Size = 15 * scale, Bold = true, Color = Ink };

    internal static TextStyle Label(float scale) => new() { Size = 12.5f * scale, Color = Ink };

    internal static TextStyle TickLabel(float scale) => new() { Size = 11.5f * scale, Color = MutedInk };
}
