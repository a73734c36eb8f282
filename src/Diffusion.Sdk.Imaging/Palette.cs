using System.Drawing;

namespace Diffusion.Sdk.Imaging;

/// <summary>
/// Colours that people with any common colour blindness can tell apart
/// (Okabe and Ito 2008, "Color Universal Design"), in the order in which plots take them.
/// </summary>
public static class Palette
{
    private static readonly Color[] s_colors = [Blue, Vermilion, Green, Purple, Orange, Sky, Grey];

    /// <summary>First series.</summary>
    public static Color Blue => Color.FromArgb(0x00, 0x72, 0xB2);

    /// <summary>Second series.</summary>
    public static Color Vermilion => Color.FromArgb(0xD5, 0x5E, 0x00);

    /// <summary>Third series.</summary>
    public static Color Green => Color.FromArgb(0x00, 0x9E, 0x73);

    /// <summary>Fourth series.</summary>
    public static Color Purple => Color.FromArgb(0xCC, 0x79, 0xA7);

    /// <summary>Fifth series.</summary>
    public static Color Orange => Color.FromArgb(0xE6, 0x9F, 0x00);

    /// <summary>Sixth series.</summary>
    public static Color Sky => Color.FromArgb(0x56, 0xB4, 0xE9);

    /// <summary>Seventh series, and whatever should stay in the background.</summary>
    public static Color Grey => Color.FromArgb(0x80, 0x80, 0x80);

    /// <summary>The colour of a series; after the seventh they come again.</summary>
    /// <param name="index">Number of the series, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public static Color Series(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return s_colors[index % s_colors.Length];
    }
}
