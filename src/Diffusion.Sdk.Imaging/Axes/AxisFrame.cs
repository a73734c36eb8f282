using System.Drawing;

namespace Diffusion.Sdk.Imaging.Axes;

/// <summary>Lays out and draws the axes of one plot: grid, ticks, numbers, labels.</summary>
internal sealed class AxisFrame
{
    private const float MinTickGap = 14;
    private const float PixelsPerTickX = 64;
    private const float PixelsPerTickY = 44;

    private readonly Canvas _canvas;
    private readonly TextStyle _labelStyle;
    private readonly TextStyle _tickStyle;
    private readonly string? _xLabel;
    private readonly string? _yLabel;
    private Tick[] _xTicks = [];
    private Tick[] _yTicks = [];

    /// <summary>
    /// Finds the rectangle inside <paramref name="area"/> that the numbers and labels leave to the data.
    /// </summary>
    internal AxisFrame(Canvas canvas, RectangleF area, Axis x, Axis y, bool equalUnits, string? xLabel, string? yLabel)
    {
        float scale = Theme.TextScale(area);
        (_canvas, _xLabel, _yLabel) = (canvas, xLabel, yLabel);
        (_labelStyle, _tickStyle) = (Theme.Label(scale), Theme.TickLabel(scale));
        float tickHeight = canvas.MeasureText("0", _tickStyle).Height;
        float labelHeight = canvas.MeasureText("x", _labelStyle).Height;

        float bottom = area.Bottom - Theme.TickLength - tickHeight - (xLabel is null ? 2 : labelHeight + 4);
        float left = area.Left + (yLabel is null ? 0 : labelHeight + 4);
        float tickWidth = 24;
        float overhang = 0;
        // The room that the numbers take and, with equal units, the numbers themselves depend on each other.
        for (int round = 0; round < 3; round++)
        {
            float dataLeft = MathF.Round(left + tickWidth + Theme.TickLength + 3);
            RectangleF inner = RectangleF.FromLTRB(
                dataLeft,
                MathF.Round(area.Top + tickHeight / 2),
                MathF.Floor(area.Right - overhang),
                MathF.Round(bottom));
            Map = new PlotMap(inner, x, y);
            Map = equalUnits ? Map.WithEqualUnits() : Map;
            _xTicks = ChooseXTicks(equalUnits ? PixelsPerTickY : PixelsPerTickX);
            _yTicks = Ticks.Choose(Map.Y, Math.Max(2, (int)(inner.Height / PixelsPerTickY)));
            tickWidth = _yTicks.Max(tick => canvas.MeasureText(tick.Label, _tickStyle).Width);
            overhang += Math.Max(0, _xTicks.Max(RightEdge) - area.Right);
        }
    }

    /// <summary>Where data coordinates lie.</summary>
    internal PlotMap Map { get; private set; }

    /// <summary>Draws what lies below the data.</summary>
    internal void DrawGrid()
    {
        RectangleF area = Map.Area;
        foreach (Tick tick in _xTicks)
        {
            float x = Crisp(Map.Map(tick.Value, Map.Y.Min).X);
            _canvas.DrawLine(new(x, area.Top), new(x, area.Bottom), Theme.GridLine);
        }
        foreach (Tick tick in _yTicks)
        {
            float y = Crisp(Map.Map(Map.X.Min, tick.Value).Y);
            _canvas.DrawLine(new(area.Left, y), new(area.Right, y), Theme.GridLine);
        }
    }

    /// <summary>Draws what lies above the data.</summary>
    internal void DrawAxes(RectangleF outer)
    {
        RectangleF area = Map.Area;
        float bottom = Crisp(area.Bottom);
        float left = Crisp(area.Left);
        _canvas.DrawLine(new(left - 0.5f, bottom), new(area.Right, bottom), Theme.AxisLine);
        _canvas.DrawLine(new(left, area.Top), new(left, bottom), Theme.AxisLine);
        foreach (Tick tick in _xTicks)
        {
            float x = Crisp(Map.Map(tick.Value, Map.Y.Min).X);
            _canvas.DrawLine(new(x, bottom), new(x, bottom + Theme.TickLength), Theme.AxisLine);
            _canvas.DrawText(tick.Label, new(x, bottom + Theme.TickLength + 1),
                _tickStyle with { Horizontal = HorizontalAlignment.Center, Vertical = VerticalAlignment.Top });
        }
        foreach (Tick tick in _yTicks)
        {
            float y = Crisp(Map.Map(Map.X.Min, tick.Value).Y);
            _canvas.DrawLine(new(left - Theme.TickLength, y), new(left, y), Theme.AxisLine);
            _canvas.DrawText(tick.Label, new(left - Theme.TickLength - 3, y),
                _tickStyle with { Horizontal = HorizontalAlignment.Right, Vertical = VerticalAlignment.Middle });
        }
        DrawLabels(outer);
    }

    private void DrawLabels(RectangleF outer)
    {
        RectangleF area = Map.Area;
        TextStyle style = _labelStyle with { Horizontal = HorizontalAlignment.Center };
        if (_xLabel is not null)
        {
            _canvas.DrawText(_xLabel, new(area.Left + area.Width / 2, outer.Bottom),
                style with { Vertical = VerticalAlignment.Bottom });
        }
        if (_yLabel is not null)
        {
            _canvas.DrawText(_yLabel, new(outer.Left, area.Top + area.Height / 2),
                style with { Vertical = VerticalAlignment.Top, Angle = 90 });
        }
    }

    /// <summary>As many ticks as their numbers leave room for.</summary>
    private Tick[] ChooseXTicks(float pixelsPerTick)
    {
        int count = Math.Max(2, (int)(Map.Area.Width / pixelsPerTick));
        Tick[] ticks = Ticks.Choose(Map.X, count);
        while (count > 2 && Overlap(ticks))
        {
            ticks = Ticks.Choose(Map.X, --count);
        }
        return ticks;
    }

    private bool Overlap(Tick[] ticks)
    {
        for (int i = 1; i < ticks.Length; i++)
        {
            if (RightEdge(ticks[i - 1]) + MinTickGap > LeftEdge(ticks[i]))
            {
                return true;
            }
        }
        return false;
    }

    private float RightEdge(Tick tick) => Map.Map(tick.Value, Map.Y.Min).X + HalfWidth(tick);

    private float LeftEdge(Tick tick) => Map.Map(tick.Value, Map.Y.Min).X - HalfWidth(tick);

    private float HalfWidth(Tick tick) => _canvas.MeasureText(tick.Label, _tickStyle).Width / 2;

    /// <summary>The middle of the pixel, where a line one pixel thick stays sharp.</summary>
    private static float Crisp(float position) => MathF.Floor(position) + 0.5f;
}
