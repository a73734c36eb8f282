using System.Drawing;
using Diffusion.Sdk.Imaging.Axes;

namespace Diffusion.Sdk.Imaging;

/// <summary>
/// A picture that is described first and drawn when saved. Plots put together (<see cref="Figure"/>) are plots.
/// </summary>
public abstract class Plot
{
    /// <summary>The line above the picture; null for none.</summary>
    /// <value>Default null.</value>
    public string? Title { get; init; }

    /// <summary>Pixels in a row, in [1, <see cref="Canvas.MaxSide"/>].</summary>
    /// <value>Default null: whatever suits this kind of plot.</value>
    public int? Width { get; init; }

    /// <summary>Rows of pixels, in [1, <see cref="Canvas.MaxSide"/>].</summary>
    /// <value>Default null: whatever suits this kind of plot.</value>
    public int? Height { get; init; }

    /// <summary>Draws the plot on a white canvas of its own. The caller disposes the canvas.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="Width"/> or <see cref="Height"/> is out of
    /// range.</exception>
    /// <exception cref="InvalidOperationException">There is nothing to draw, or it does not fit the axes; the message
    /// says what.</exception>
    /// <exception cref="ImagingException">The drawing library is not installed.</exception>
    public Canvas Render() => Render(shared: null);

    /// <summary>
    /// Draws on a canvas of its own, with axes that hold <paramref name="shared"/> instead of its own data.
    /// </summary>
    internal Canvas Render(Bounds? shared)
    {
        Size size = Size;
        var canvas = new Canvas(size.Width, size.Height);
        try
        {
            Draw(canvas, new RectangleF(0, 0, size.Width, size.Height), shared);
            return canvas;
        }
        catch
        {
            canvas.Dispose();
            throw;
        }
    }

    /// <summary>Draws the plot into a part of a canvas.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="area">The part, in pixels; its size is used instead of <see cref="Width"/> and <see
    /// cref="Height"/>.</param>
    /// <exception cref="InvalidOperationException">There is nothing to draw, or it does not fit the axes; the message
    /// says what.</exception>
    public void Draw(Canvas canvas, RectangleF area)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        Draw(canvas, area, shared: null);
    }

    /// <summary>
    /// Draws into a part of a canvas, with axes that hold <paramref name="shared"/> instead of the plot's own data.
    /// </summary>
    internal void Draw(Canvas canvas, RectangleF area, Bounds? shared)
    {
        RectangleF inner = RectangleF.Inflate(area, -Theme.Padding, -Theme.Padding);
        DrawContent(canvas, Heading.Draw(canvas, inner, Title), shared);
    }

    /// <summary>
    /// Draws the plot and saves it as PNG. The file appears whole or not at all; its folder is made when absent.
    /// </summary>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <exception cref="IOException">The file could not be written; the message names it.</exception>
    /// <exception cref="InvalidOperationException">There is nothing to draw, or it does not fit the axes; the message
    /// says what.</exception>
    /// <exception cref="ImagingException">The drawing library is not installed.</exception>
    public void Save(string path)
    {
        using Canvas canvas = Render();
        canvas.Save(path);
    }

    /// <summary>Width and height in pixels that the plot is drawn at on its own.</summary>
    internal Size Size => new(Width ?? NaturalSize.Width, Height ?? NaturalSize.Height);

    /// <summary>
    /// What the axes would have to hold if several plots were to have the same ones; null for plots without.
    /// </summary>
    internal virtual Bounds? SharableBounds => null;

    private protected abstract Size NaturalSize { get; }

    /// <summary>
    /// Draws everything but the title. Plots with axes make them hold <paramref name="shared"/> where it is given.
    /// </summary>
    private protected abstract void DrawContent(Canvas canvas, RectangleF area, Bounds? shared);

    /// <summary>What all these plots' axes would have to hold; null when one of them has no axes to share.</summary>
    internal static Bounds? UnionOf(IEnumerable<Plot> plots) =>
        plots.Select(plot => plot.SharableBounds)
            .Aggregate((all, next) => next is { } bounds ? all?.Union(bounds) : null);
}
