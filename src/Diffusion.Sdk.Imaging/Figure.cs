using System.Drawing;
using Diffusion.Sdk.Imaging.Axes;

namespace Diffusion.Sdk.Imaging;

/// <summary>Plots put together in rows and columns of equal cells; itself a plot, so figures nest.</summary>
public sealed class Figure : Plot
{
    /// <summary>Wider figures shrink their cells.</summary>
    private const int WidestNatural = 1400;

    private readonly Plot[] _plots;
    private readonly int _columns;

    /// <summary>Puts plots together.</summary>
    /// <param name="columns">Plots in a row, at least 1.</param>
    /// <param name="plots">The plots, at least one; row by row.</param>
    /// <exception cref="ArgumentException">There is no plot, or one is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer columns than one.</exception>
    public Figure(int columns, IEnumerable<Plot> plots)
    {
        ArgumentNullException.ThrowIfNull(plots);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        _plots = [.. plots];
        if (_plots.Length == 0 || _plots.Contains(null))
        {
            throw new ArgumentException("A figure needs at least one plot, and none of them null.", nameof(plots));
        }
        _columns = Math.Min(columns, _plots.Length);
    }

    /// <summary>
    /// Whether all plots get the same axes, which hold the data of all. Only for plots that all have axes.
    /// </summary>
    /// <value>Default false.</value>
    public bool SharedAxes { get; init; }

    /// <summary>Plots side by side.</summary>
    /// <param name="plots">The plots, at least one, from the left.</param>
    /// <exception cref="ArgumentException">There is no plot, or one is null.</exception>
    public static Figure Row(params Plot[] plots)
    {
        ArgumentNullException.ThrowIfNull(plots);
        return new Figure(Math.Max(1, plots.Length), plots);
    }

    /// <summary>Plots one below the other.</summary>
    /// <param name="plots">The plots, at least one, from the top.</param>
    /// <exception cref="ArgumentException">There is no plot, or one is null.</exception>
    public static Figure Column(params Plot[] plots) => new(1, plots);

    internal override Bounds? SharableBounds => SharedAxes ? UnionOf(_plots) : null;

    private int Rows => (_plots.Length + _columns - 1) / _columns;

    private protected override Size NaturalSize
    {
        get
        {
            float width = _columns * _plots.Max(plot => plot.Size.Width);
            float height = Rows * _plots.Max(plot => plot.Size.Height);
            float shrink = Math.Min(1, WidestNatural / width);
            float margins = 2 * Theme.Padding;
            float heading = Title is null ? 0 : Heading.Height;
            return new Size((int)(width * shrink + margins), (int)(height * shrink + margins + heading));
        }
    }

    private protected override void DrawContent(Canvas canvas, RectangleF area, Bounds? shared)
    {
        Bounds? common = shared ?? SharableBounds;
        if (SharedAxes && common is null)
        {
            throw new InvalidOperationException($"A figure can share axes only among plots that all have axes.");
        }
        SizeF cell = new(area.Width / _columns, area.Height / Rows);
        for (int i = 0; i < _plots.Length; i++)
        {
            PointF corner = new(area.Left + i % _columns * cell.Width, area.Top + i / _columns * cell.Height);
            _plots[i].Draw(canvas, new RectangleF(corner, cell), common);
        }
    }
}
