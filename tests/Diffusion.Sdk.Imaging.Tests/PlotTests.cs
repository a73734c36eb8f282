using System.Drawing;
using System.Numerics;
using Diffusion.Sdk.Imaging.Axes;
using Diffusion.Sdk.Pipelines;

namespace Diffusion.Sdk.Imaging.Tests;

public class PlotTests
{
    [Theory]
    [InlineData(400, 400)]
    [InlineData(500, 300)]
    [InlineData(260, 500)]
    public void ScatterPlot_AnySize_DrawsASquareAsASquare(int width, int height)
    {
        Vector2[] corners = [new(0, 0), new(10, 0), new(0, 10), new(10, 10)];
        using Canvas canvas = new ScatterPlot { Title = "square", XLabel = "x", YLabel = "y", Width = width, Height = height }
            .Add(null, corners, Color.Red).Render();
        Rectangle red = BoxOf(canvas, (r, g, b) => r > g + 60 && r > b + 60);
        Assert.InRange(red.Width - red.Height, -1, 1);
        Assert.InRange(red.Width, Math.Min(width, height) / 2, Math.Min(width, height));
    }

    [Fact]
    public void LinePlot_PointOutsideTheRange_IsClippedAtTheAxes()
    {
        using Canvas canvas = new LinePlot { Width = 300, Height = 200, XRange = (0, 1), YRange = (0, 1) }
            .Add(null, new[] { -5.0, 5 }, new[] { 0.5, 0.5 }, Color.Red).Render();
        Rectangle red = BoxOf(canvas, (r, g, b) => r > 200 && g < 60 && b < 60);
        // From the y axis, right of its numbers, to the end of the x axis.
        Assert.InRange(red.Left, 25, 60);
        Assert.InRange(red.Right, 270, 291);
        Assert.InRange(red.Height, 1, 3);
    }

    [Fact]
    public void Render_LongNamesAndManySeries_LeavesTheMarginWhite()
    {
        var plot = new LinePlot { Title = new string('W', 200), XLabel = "x", YLabel = "y", Width = 320, Height = 260 };
        for (int i = 0; i < 6; i++)
        {
            plot.Add($"a series of some name, {i}", new[] { 0.0, i * 1e7 });
        }
        using Canvas canvas = plot.Render();
        Rectangle ink = BoxOf(canvas, (r, g, b) => r < 250 || g < 250 || b < 250);
        Assert.True(Rectangle.Inflate(new(0, 0, 320, 260), -7, -7).Contains(ink), $"There is ink at {ink}.");
    }

    [Fact]
    public void Figure_SharedAxes_PutsOnePointAtTheSamePlaceOfEveryPanel()
    {
        ScatterPlot Panel(Vector2 other) => new ScatterPlot().Add(null, [new(1, 1)], Color.Red).Add(null, [other], Color.Blue);
        var figure = new Figure(2, [Panel(new(0, 0)), Panel(new(9, 5))]) { SharedAxes = true, Width = 420, Height = 220 };
        using Canvas canvas = figure.Render();
        Rectangle left = BoxOf(canvas, (r, g, b) => r > g + 60 && r > b + 60, new(0, 0, 210, 220));
        Rectangle right = BoxOf(canvas, (r, g, b) => r > g + 60 && r > b + 60, new(210, 0, 210, 220));
        Assert.Equal((left.X + 200, left.Y), (right.X, right.Y)); // a cell is (420 - 2 * 10) / 2 wide
    }

    [Fact]
    public void Figure_SharedAxesWithImages_SaysWhatItNeeds()
    {
        Plot[] plots = [new ScatterPlot().Add([Vector2.One]), new ImageGrid(Sketches.Discs(1).ToImages())];
        var figure = new Figure(2, plots) { SharedAxes = true };
        Assert.Contains("plots that all have axes", Assert.Throws<InvalidOperationException>(() => figure.Render()).Message);
    }

    [Fact]
    public void Histogram_Densities_HaveAreaOne()
    {
        double[] edges = [0, 0.5, 1, 1.5, 2];
        double[] densities = Histogram.Densities([0, 0.2, 0.5, 1.9, 2], edges);
        Assert.Equal([0.8, 0.4, 0, 0.8], densities);
        Assert.Equal(1, densities.Sum() * 0.5, precision: 12);
    }

    [Fact]
    public void Histogram_ValuesOutsideXRange_CountInTheArea() =>
        Assert.Equal(0.5, Histogram.Densities([0.1, 0.2, 5, -5], [0, 0.5, 1]).Sum() * 0.5, precision: 12);

    [Fact]
    public void LinePlot_MovingAverage_IsCentredAndShorterAtTheEnds()
    {
        Assert.Equal([1.5, 2, 3, 4, 4.5], LinePlot.MovingAverage([1, 2, 3, 4, 5], window: 3));
        Assert.Equal([1, 2, 3], LinePlot.MovingAverage([1, 2, 3], window: 1));
        Assert.Equal([2, 2, 2], LinePlot.MovingAverage([1, 2, 3], window: 100));
    }

    [Fact]
    public void VectorField_Grid_GoesRowByRowFromTheLowestY() =>
        Assert.Equal(
            [new(-1, 0), new(0, 0), new(1, 0), new(-1, 2), new(0, 2), new(1, 2)],
            VectorField.Grid((-1, 1), (0, 2), columns: 3, rows: 2));

    [Fact]
    public void Add_BadInput_SaysWhichSeriesAndWhere()
    {
        Vector2 one = Vector2.One;
        AssertMessage("Series 'generated' has (NaN, 2) at index 1",
            () => new ScatterPlot().Add("generated", [one, new(float.NaN, 2)]));
        AssertMessage("Series 'data' is empty", () => new ScatterPlot().Add("data", []));
        AssertMessage("The series is empty", () => new Histogram().Add(null, Array.Empty<float>()));
        AssertMessage("Series 'loss' has Infinity at index 2",
            () => new LinePlot().Add("loss", [1.0, 2, double.PositiveInfinity]));
        AssertMessage("Series 'beta' has 3 positions, but 2 y", () => new LinePlot().Add("beta", [1, 2, 3], [1.0, 2]));
        AssertMessage("Series 'score' has 1 positions, but 2 vectors",
            () => new VectorField().Add("score", [one], [one, one]));
    }

    [Fact]
    public void Render_NothingOrImpossibleToDraw_SaysWhy()
    {
        AssertCannotRender("nothing to draw: ScatterPlot 'Empty' has no series", new ScatterPlot { Title = "Empty" });
        AssertCannotRender("nothing to draw: the Histogram has no series", new Histogram());
        AssertCannotRender("needs positive numbers, but the lowest is 0", new LinePlot { LogY = true }.Add("loss", [0.0, 1]));
        AssertCannotRender("XRange of the LinePlot has to go from a lower to a higher number, but is (3, 1)",
            new LinePlot { XRange = (3, 1) }.Add("loss", [1.0]));
        AssertCannotRender("Bins of the Histogram has to be at least 1, but is 0", new Histogram { Bins = 0 }.Add("data", [1.0, 2]));
    }

    [Fact]
    public void ImageGrid_BadImages_SaysWhatIsWrong()
    {
        AssertMessage("at least one image, but got none", () => _ = new ImageGrid([]));
        var wider = new Samples(new float[6], [1, 1, 2, 3]);
        var square = new Samples(new float[4], [1, 1, 2, 2]);
        AssertMessage("image 0 is 3 x 2 and image 1 is 2 x 2", () => _ = new ImageGrid([.. wider.ToImages(), .. square.ToImages()]));
    }

    [Fact]
    public void UnionOf_Plots_HoldsAllTheirDataOrNothing()
    {
        ScatterPlot low = new ScatterPlot().Add([new(-1, 2)]);
        ScatterPlot high = new ScatterPlot().Add([new(3, 1)]);
        Assert.Equal(new Bounds(-1, 3, 1, 2), Plot.UnionOf([low, high]));
        Assert.Null(Plot.UnionOf([new ImageGrid(Sketches.Discs(1).ToImages()), low]));
    }

    private static void AssertMessage(string words, Action action) =>
        Assert.Contains(words, Assert.Throws<ArgumentException>(action).Message);

    private static void AssertCannotRender(string words, Plot plot) =>
        Assert.Contains(words, Assert.Throws<InvalidOperationException>(() => plot.Render()).Message);

    /// <summary>The smallest rectangle around all pixels of some colour.</summary>
    private static Rectangle BoxOf(Canvas canvas, Func<int, int, int, bool> isMeant, Rectangle? within = null)
    {
        Rectangle area = within ?? new(0, 0, canvas.Width, canvas.Height);
        byte[] rgba = canvas.ToRgba();
        Rectangle box = Rectangle.Empty;
        for (int y = area.Top; y < area.Bottom; y++)
        {
            for (int x = area.Left; x < area.Right; x++)
            {
                int i = (y * canvas.Width + x) * 4;
                if (isMeant(rgba[i], rgba[i + 1], rgba[i + 2]))
                {
                    box = box.IsEmpty ? new(x, y, 1, 1) : Rectangle.Union(box, new(x, y, 1, 1));
                }
            }
        }
        return box;
    }
}
