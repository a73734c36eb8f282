using System.Drawing;
using Diffusion.Sdk.Imaging.Axes;
using Diffusion.Sdk.Pipelines;

namespace Diffusion.Sdk.Imaging;

/// <summary>Pictures of one size in rows and columns, each pixel enlarged to a plain square.</summary>
public sealed class ImageGrid : Plot
{
    private const int DefaultSide = 56;

    private readonly PixelImage[] _images;
    private readonly int _columns;

    /// <summary>Makes a grid.</summary>
    /// <param name="images">The pictures, at least one, all of the same width and height; row by row.</param>
    /// <param name="columns">Pictures in a row, at least 1; null makes the grid about as wide as high.</param>
    /// <exception cref="ArgumentException">There is no picture, or their sizes differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer columns than one.</exception>
    public ImageGrid(IEnumerable<PixelImage> images, int? columns = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns ?? 1, 1, nameof(columns));
        _images = [.. images];
        if (_images.Length == 0)
        {
            throw new ArgumentException("An image grid needs at least one image, but got none.", nameof(images));
        }
        PixelImage first = _images[0];
        int odd = Array.FindIndex(_images, image => (image.Width, image.Height) != (first.Width, first.Height));
        if (odd >= 0)
        {
            throw new ArgumentException(
                $"All images of a grid have to be of one size, but image 0 is {first.Width} x {first.Height} " +
                $"and image {odd} is {_images[odd].Width} x {_images[odd].Height}.",
                nameof(images));
        }
        _columns = Math.Min(columns ?? (int)Math.Ceiling(Math.Sqrt(_images.Length)), _images.Length);
    }

    /// <summary>Pixels between two pictures, not negative.</summary>
    /// <value>Default 2.</value>
    public int Gap { get; init; } = 2;

    /// <summary>
    /// How many pixels of the grid a pixel of a picture is wide and high, at least 1. Drawn at another size, the
    /// largest that fits.
    /// </summary>
    /// <value>Default null: so that a picture is at least about 56 pixels wide.</value>
    public int? Scale { get; init; }

    private int Rows => (_images.Length + _columns - 1) / _columns;

    private protected override Size NaturalSize
    {
        get
        {
            int scale = Math.Max(1, Scale ?? (DefaultSide + _images[0].Width - 1) / _images[0].Width);
            float heading = Title is null ? 0 : Heading.Height;
            return new Size(
                (int)(_columns * (_images[0].Width * scale + Gap) - Gap + 2 * Theme.Padding),
                (int)(Rows * (_images[0].Height * scale + Gap) - Gap + 2 * Theme.Padding + heading));
        }
    }

    private protected override void DrawContent(Canvas canvas, RectangleF area, Bounds? shared)
    {
        float scale = Math.Min(
            ((area.Width + Gap) / _columns - Gap) / _images[0].Width,
            ((area.Height + Gap) / Rows - Gap) / _images[0].Height);
        if (scale <= 0)
        {
            throw new InvalidOperationException(
                $"An image grid of {_columns} x {Rows} images does not fit into {area.Width} x {area.Height} pixels.");
        }
        // Whole numbers keep every pixel of a picture the same size.
        scale = scale >= 1 ? MathF.Floor(scale) : scale;
        SizeF cell = new(_images[0].Width * scale, _images[0].Height * scale);
        float left = MathF.Floor(area.Left + (area.Width - _columns * (cell.Width + Gap) + Gap) / 2);
        float top = MathF.Floor(area.Top);
        for (int i = 0; i < _images.Length; i++)
        {
            PointF corner = new(left + i % _columns * (cell.Width + Gap), top + i / _columns * (cell.Height + Gap));
            canvas.DrawImage(_images[i], new RectangleF(corner, cell));
        }
    }
}
