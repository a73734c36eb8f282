using System.Drawing;
using Diffusion.Sdk.Imaging.Marks;

namespace Diffusion.Sdk.Imaging.Axes;

/// <summary>Names the series in rows above the axes, where no data can lie beneath.</summary>
internal static class Legend
{
    private const float SwatchWidth = 18;
    private const float EntryGap = 16;

    /// <summary>Draws an entry for every named mark.</summary>
    /// <returns>What is left of the area below.</returns>
    internal static RectangleF Draw(Canvas canvas, RectangleF area, IEnumerable<Mark> marks)
    {
        Mark[] named = [.. marks.Where(mark => mark.Name is not null)];
        if (named.Length == 0)
        {
            return area;
        }
        TextStyle style = Theme.Label(Theme.TextScale(area)) with { Vertical = VerticalAlignment.Middle };
        float lineHeight = canvas.MeasureText("x", style).Height + 3;
        float top = area.Top;
        foreach ((Mark Mark, float Width)[] row in Rows(canvas, named, style, area.Width))
        {
            float x = area.Left + (area.Width - row.Sum(entry => entry.Width) + EntryGap) / 2;
            foreach ((Mark mark, float width) in row)
            {
                mark.DrawSwatch(canvas, new(x + SwatchWidth / 2 - 2, top + lineHeight / 2));
                canvas.DrawText(mark.Name!, new(x + SwatchWidth, top + lineHeight / 2), style);
                x += width;
            }
            top += lineHeight;
        }
        return RectangleF.FromLTRB(area.Left, top + Theme.Gap, area.Right, area.Bottom);
    }

    private static List<(Mark Mark, float Width)[]> Rows(Canvas canvas, Mark[] named, TextStyle style, float available)
    {
        List<(Mark, float)[]> rows = [];
        List<(Mark Mark, float Width)> row = [];
        foreach (Mark mark in named)
        {
            float width = SwatchWidth + canvas.MeasureText(mark.Name!, style).Width + EntryGap;
            if (row.Count > 0 && row.Sum(entry => entry.Width) + width - EntryGap > available)
            {
                rows.Add([.. row]);
                row.Clear();
            }
            row.Add((mark, width));
        }
        rows.Add([.. row]);
        return rows;
    }
}
