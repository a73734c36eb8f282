using System.Drawing;
using System.Numerics;
using Diffusion.Sdk.Imaging.Axes;

namespace Diffusion.Sdk.Imaging.Marks;

/// <summary>One series, as it is drawn inside axes.</summary>
/// <param name="name">What the legend calls it; null leaves it out.</param>
/// <param name="color">Its colour.</param>
internal abstract class Mark(string? name, Color color)
{
    /// <summary>What the legend calls it; null leaves it out.</summary>
    internal string? Name { get; } = name;

    /// <summary>The data coordinates it covers.</summary>
    internal abstract Bounds Bounds { get; }

    protected Color Color { get; } = color;

    /// <summary>Draws it; what lies outside the axes is clipped away.</summary>
    internal abstract void Draw(Canvas canvas, PlotMap map);

    /// <summary>Draws its sign in the legend, at most 14 x 10 pixels.</summary>
    internal abstract void DrawSwatch(Canvas canvas, Vector2 center);
}
