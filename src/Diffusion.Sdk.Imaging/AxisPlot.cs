using System.Drawing;
using Diffusion.Sdk.Imaging.Axes;
using Diffusion.Sdk.Imaging.Marks;

namespace Diffusion.Sdk.Imaging;

/// <summary>A plot with an x and a y axis and any number of series, named in a legend above the axes.</summary>
public abstract class AxisPlot : Plot
{
    private readonly List<Mark> _marks = [];
    private int _colorsTaken;

    /// <summary>What the x axis measures; null for no label.</summary>
    /// <value>Default null.</value>
    public string? XLabel { get; init; }

    /// <summary>What the y axis measures; null for no label.</summary>
    /// <value>Default null.</value>
    public string? YLabel { get; init; }

    /// <summary>Ends of the x axis; data outside are cut off.</summary>
    /// <value>Default null: all data and a margin.</value>
    public (double Min, double Max)? XRange { get; init; }

    /// <summary>Ends of the y axis; data outside are cut off.</summary>
    /// <value>Default null: all data and a margin.</value>
    public (double Min, double Max)? YRange { get; init; }

    /// <summary>What all series cover, in data coordinates.</summary>
    /// <exception cref="InvalidOperationException">There is no series.</exception>
    private protected virtual Bounds DataBounds => _marks.Count > 0
        ? _marks.Select(mark => mark.Bounds).Aggregate((all, next) => all.Union(next))
        : throw new InvalidOperationException($"There is nothing to draw: {Describe()} has no series. Add one first.");

    internal override Bounds? SharableBounds => DataBounds;

    private protected override Size NaturalSize => new(640, 440);

    /// <summary>Whether one unit is as long on x as on y.</summary>
    private protected virtual bool HasEqualUnits => false;

    private protected virtual bool IsLogX => false;

    private protected virtual bool IsLogY => false;

    /// <summary>Room below the data, as a part of their height.</summary>
    private protected virtual double LowerMarginY => 0.05;

    private protected virtual double MarginX => 0.05;

    private protected IReadOnlyList<Mark> Marks => _marks;

    private protected Color NextColor() => Palette.Series(_colorsTaken++);

    private protected void AddMark(Mark mark) => _marks.Add(mark);

    private protected override void DrawContent(Canvas canvas, RectangleF area, Bounds? shared)
    {
        Bounds bounds = shared ?? DataBounds;
        Axis x = MakeAxis(nameof(XRange), XRange, bounds.MinX, bounds.MaxX, IsLogX, MarginX, MarginX);
        Axis y = MakeAxis(nameof(YRange), YRange, bounds.MinY, bounds.MaxY, IsLogY, LowerMarginY, 0.05);
        RectangleF inner = Legend.Draw(canvas, area, VisibleMarks);
        var frame = new AxisFrame(canvas, inner, x, y, HasEqualUnits, XLabel, YLabel);
        frame.DrawGrid();
        using (canvas.Clip(frame.Map.Area))
        {
            foreach (Mark mark in VisibleMarks)
            {
                mark.Draw(canvas, frame.Map);
            }
        }
        frame.DrawAxes(inner);
    }

    /// <summary>The series in drawing order.</summary>
    private protected virtual IEnumerable<Mark> VisibleMarks => _marks;

    private protected string Describe() => Title is null ? $"the {GetType().Name}" : $"{GetType().Name} '{Title}'";

    private Axis MakeAxis(
        string property,
        (double Min, double Max)? range,
        double min,
        double max,
        bool isLog,
        double lowerMargin,
        double upperMargin)
    {
        if (range is not { } given)
        {
            CheckPositive(min, isLog);
            return Axis.Around(min, max, isLog, lowerMargin, upperMargin);
        }
        if (!double.IsFinite(given.Min) || !double.IsFinite(given.Max) || given.Min >= given.Max)
        {
            throw new InvalidOperationException(
                $"{property} of {Describe()} has to go from a lower to a higher number, " +
                $"but is ({given.Min}, {given.Max}).");
        }
        CheckPositive(given.Min, isLog);
        return new Axis(given.Min, given.Max, isLog);
    }

    private void CheckPositive(double min, bool isLog)
    {
        if (isLog && min <= 0)
        {
            throw new InvalidOperationException(
                $"A logarithmic axis of {Describe()} needs positive numbers, but the lowest is {min}.");
        }
    }
}
