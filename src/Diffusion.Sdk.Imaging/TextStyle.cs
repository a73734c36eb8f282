using System.Drawing;

namespace Diffusion.Sdk.Imaging;

/// <summary>How <see cref="Canvas.DrawText"/> sets a line of text.</summary>
public sealed record TextStyle
{
    /// <summary>Height of the font's em square in pixels, positive.</summary>
    /// <value>Default 12.</value>
    public float Size { get; init; } = 12;

    /// <summary>Colour of the letters.</summary>
    /// <value>Default black.</value>
    public Color Color { get; init; } = Color.Black;

    /// <summary>Whether the letters are bold.</summary>
    /// <value>Default false.</value>
    public bool Bold { get; init; }

    /// <summary>Which point of the text's width lies at the anchor.</summary>
    /// <value>Default <see cref="HorizontalAlignment.Left"/>.</value>
    public HorizontalAlignment Horizontal { get; init; }

    /// <summary>Which point of the text's height lies at the anchor.</summary>
    /// <value>Default <see cref="VerticalAlignment.Baseline"/>.</value>
    public VerticalAlignment Vertical { get; init; }

    /// <summary>
    /// Degrees, counter-clockwise, by which the aligned text is turned about the anchor; 90 reads upwards.
    /// </summary>
    /// <value>Default 0.</value>
    public float Angle { get; init; }
}

/// <summary>Which point of a text's width lies at the anchor.</summary>
public enum HorizontalAlignment
{
    /// <summary>The text starts at the anchor.</summary>
    Left,

    /// <summary>The anchor is in the middle of the text.</summary>
    Center,

    /// <summary>The text ends at the anchor.</summary>
    Right,
}

/// <summary>Which point of a text's height lies at the anchor.</summary>
public enum VerticalAlignment
{
    /// <summary>The letters stand on the anchor.</summary>
    Baseline,

    /// <summary>The top of the font's line is at the anchor.</summary>
    Top,

    /// <summary>The anchor is halfway up a capital letter.</summary>
    Middle,

    /// <summary>The bottom of the font's line is at the anchor.</summary>
    Bottom,
}
