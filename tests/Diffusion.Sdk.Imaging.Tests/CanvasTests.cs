using System.Drawing;
using System.Numerics;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Testing;

namespace Diffusion.Sdk.Imaging.Tests;

public class CanvasTests
{
    [Fact]
    public void DrawLine_OnPixelCentres_FillsExactlyOneRow()
    {
        using var canvas = new Canvas(20, 10);
        canvas.DrawLine(new(5, 4.5f), new(15, 4.5f), Color.Red);
        for (int y = 0; y < 10; y++)
        {
            for (int x = 0; x < 20; x++)
            {
                bool onLine = y == 4 && x is >= 5 and < 15;
                Assert.Equal(onLine ? (255, 0, 0, 255) : (255, 255, 255, 255), Pixel(canvas, x, y));
            }
        }
    }

    [Fact]
    public void DrawPolyline_CrossingItself_BlendsOnce()
    {
        using var canvas = new Canvas(20, 20);
        Vector2[] crossing = [new(2, 10.5f), new(18, 10.5f), new(18, 2), new(10.5f, 2), new(10.5f, 18)];
        canvas.DrawPolyline(crossing, Color.FromArgb(128, Color.Black));
        Assert.Equal(Pixel(canvas, 5, 10), Pixel(canvas, 10, 10));
    }

    [Fact]
    public void FillCircle_WithAlpha_BlendsWithWhatIsBelow()
    {
        using var canvas = new Canvas(20, 20, Color.FromArgb(0, 100, 200));
        canvas.FillCircle(new(10, 10), 6, Color.FromArgb(51, 255, 0, 0)); // 51 of 255: one fifth
        (int r, int g, int b, int a) = Pixel(canvas, 10, 10);
        Assert.InRange(r, 50, 52);
        Assert.InRange(g, 79, 81);
        Assert.InRange(b, 159, 161);
        Assert.Equal(255, a);
        Assert.Equal((0, 100, 200, 255), Pixel(canvas, 2, 2));
    }

    [Fact]
    public void FillCircle_OnWhite_CoversPiRadiusSquared()
    {
        using var canvas = new Canvas(40, 40);
        canvas.FillCircle(new(20, 20), 10, Color.Black);
        Assert.InRange(Ink(canvas, new(0, 0, 40, 40)), 0.99 * Math.PI * 100, 1.01 * Math.PI * 100);
    }

    [Fact]
    public void FillRectangle_OnPixelEdges_IsSharp()
    {
        using var canvas = new Canvas(10, 10);
        canvas.FillRectangle(new(2, 3, 4, 5), Color.Blue);
        Assert.Equal(20, Ink(canvas, new(2, 3, 4, 5)) / (2.0 / 3), precision: 6); // blue lacks two of three channels
        Assert.Equal(Ink(canvas, new(0, 0, 10, 10)), Ink(canvas, new(2, 3, 4, 5)));
    }

    [Fact]
    public void DrawRectangle_OnPixelCentres_ClosesAllCorners()
    {
        using var canvas = new Canvas(10, 10);
        canvas.DrawRectangle(new(1.5f, 1.5f, 6, 6), Color.Black);
        Assert.All([(1, 2), (2, 1), (7, 2), (6, 1), (7, 6), (6, 7), (1, 6), (2, 7), (4, 1)], at =>
            Assert.Equal((0, 0, 0, 255), Pixel(canvas, at.Item1, at.Item2)));
        Assert.All([(1, 1), (7, 1), (7, 7), (1, 7)], at => Assert.InRange(Pixel(canvas, at.Item1, at.Item2).R, 0, 64));
    }

    [Theory]
    [InlineData(HorizontalAlignment.Left, VerticalAlignment.Top, 0)]
    [InlineData(HorizontalAlignment.Center, VerticalAlignment.Middle, 0)]
    [InlineData(HorizontalAlignment.Right, VerticalAlignment.Bottom, 0)]
    [InlineData(HorizontalAlignment.Left, VerticalAlignment.Baseline, 0)]
    [InlineData(HorizontalAlignment.Center, VerticalAlignment.Top, 90)]
    [InlineData(HorizontalAlignment.Right, VerticalAlignment.Middle, 90)]
    [InlineData(HorizontalAlignment.Left, VerticalAlignment.Bottom, 90)]
    public void DrawText_Aligned_LeavesInkInsideItsBoxOnly(HorizontalAlignment horizontal, VerticalAlignment vertical, float angle)
    {
        using var canvas = new Canvas(200, 200);
        var style = new TextStyle { Size = 20, Horizontal = horizontal, Vertical = vertical, Angle = angle };
        canvas.DrawText("Ample", new(100, 100), style);
        RectangleF box = BoxOf(canvas.MeasureText("Ample", style), style);
        double inside = Ink(canvas, Rectangle.Ceiling(RectangleF.Inflate(box, 1, 1)));
        Assert.InRange(inside, 150, 1000);
        Assert.Equal(Ink(canvas, new(0, 0, 200, 200)), inside, precision: 6);
    }

    [Fact]
    public void DrawText_Bold_LeavesMoreInk()
    {
        double InkOf(bool bold)
        {
            using var canvas = new Canvas(100, 40);
            canvas.DrawText("weight", new(5, 30), new TextStyle { Size = 18, Bold = bold });
            return Ink(canvas, new(0, 0, 100, 40));
        }
        Assert.True(InkOf(bold: true) > 1.2 * InkOf(bold: false));
    }

    [Fact]
    public void Clip_Nested_DrawsInTheIntersectionUntilDisposed()
    {
        using var canvas = new Canvas(20, 20);
        using (canvas.Clip(new(0, 0, 10, 20)))
        {
            using (canvas.Clip(new(5, 5, 20, 20)))
            {
                canvas.FillRectangle(new(0, 0, 20, 20), Color.Black);
            }
            Assert.Equal(5 * 15, Ink(canvas, new(0, 0, 20, 20)), precision: 6);
            Assert.Equal(5 * 15, Ink(canvas, new(5, 5, 5, 15)), precision: 6);
        }
        canvas.FillRectangle(new(15, 0, 1, 1), Color.Black);
        Assert.Equal((0, 0, 0, 255), Pixel(canvas, 15, 0));
    }

    [Fact]
    public void DrawImage_Enlarged_ShowsPlainSquares()
    {
        // [1, 1, 2, 2]: black and white, grey and white.
        PixelImage image = new Samples([-1, 1, 0, 1], [1, 1, 2, 2]).ToImages()[0];
        using var canvas = new Canvas(10, 10, Color.Red);
        canvas.DrawImage(image, new(1, 1, 8, 8));
        for (int y = 0; y < 10; y++)
        {
            for (int x = 0; x < 10; x++)
            {
                bool outside = x is < 1 or > 8 || y is < 1 or > 8;
                int grey = x >= 5 ? 255 : y < 5 ? 0 : 128;
                Assert.Equal(outside ? (255, 0, 0, 255) : (grey, grey, grey, 255), Pixel(canvas, x, y));
            }
        }
    }

    [Fact]
    public void ToRgba_OfTransparentCanvas_IsNotPremultiplied()
    {
        using var canvas = new Canvas(4, 4, Color.Transparent);
        canvas.FillRectangle(new(0, 0, 2, 4), Color.FromArgb(128, 200, 100, 0));
        (int r, int g, int b, int a) = Pixel(canvas, 0, 0);
        Assert.InRange(r, 198, 202);
        Assert.InRange(g, 98, 102);
        Assert.Equal((0, 128), (b, a));
        Assert.Equal(0, Pixel(canvas, 3, 0).A);
    }

    [Fact]
    public void ToPng_HoldsThePixels()
    {
        using var canvas = new Canvas(5, 4);
        canvas.FillRectangle(new(1, 1, 2, 2), Color.Red);
        (int width, int height, byte[] rgba) = PngReader.Read(canvas.ToPng());
        Assert.Equal((5, 4), (width, height));
        Assert.Equal(canvas.ToRgba(), rgba);
    }

    [Theory]
    [InlineData(0, 5, "width", "between 1 and 16384")]
    [InlineData(5, 20000, "height", "between 1 and 16384")]
    public void Constructor_SideOutOfRange_SaysTheRange(int width, int height, string name, string words)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new Canvas(width, height));
        Assert.Equal(name, error.ParamName);
        Assert.Contains(words, error.Message);
    }

    [Fact]
    public void Draw_BadNumbers_SaysWhichAndWhatItExpects()
    {
        using var canvas = new Canvas(5, 5);
        Vector2 one = Vector2.One;
        AssertRefuses("point 1 is (NaN, 2)", () => canvas.DrawPolyline([one, new(float.NaN, 2)], Color.Black));
        AssertRefuses("at least 2 points, but got 1", () => canvas.DrawPolyline([one], Color.Black));
        AssertRefuses("at least 3 points, but got 2", () => canvas.FillPolygon([one, one], Color.Black));
        AssertRefuses("positive number, but got 0", () => canvas.FillCircle(one, 0, Color.Black));
        AssertRefuses("positive number, but got NaN", () => canvas.DrawLine(one, one, Color.Black, float.NaN));
        AssertRefuses("positive number, but got -1", () => canvas.DrawText("a", one, new TextStyle { Size = -1 }));
        AssertRefuses("point 0 is (Infinity, 1)", () => canvas.DrawText("a", new(float.PositiveInfinity, 1), new TextStyle()));
        Assert.Equal(0, Ink(canvas, new(0, 0, 5, 5)));
    }

    [Fact]
    public void Draw_FromManyThreads_GivesTheSamePixels()
    {
        byte[] Draw()
        {
            var plot = new ScatterPlot { Title = "threads", Width = 150, Height = 150 };
            using Canvas canvas = plot.Add(Sketches.Mixture(50, seed: 1)).Render();
            return canvas.ToRgba();
        }
        byte[] expected = Draw();
        byte[][] drawn = new byte[16][];
        Parallel.For(0, 16, i => drawn[i] = Draw());
        Assert.All(drawn, pixels => Assert.Equal(expected, pixels));
    }

    private static void AssertRefuses(string words, Action draw) =>
        Assert.Contains(words, Assert.Throws<ArgumentException>(draw).Message);

    private static (int R, int G, int B, int A) Pixel(Canvas canvas, int x, int y)
    {
        byte[] rgba = canvas.ToRgba();
        int i = (y * canvas.Width + x) * 4;
        return (rgba[i], rgba[i + 1], rgba[i + 2], rgba[i + 3]);
    }

    /// <summary>How many pixels' worth of black there is on white.</summary>
    private static double Ink(Canvas canvas, Rectangle area)
    {
        byte[] rgba = canvas.ToRgba();
        double ink = 0;
        for (int y = area.Top; y < area.Bottom; y++)
        {
            for (int x = area.Left; x < area.Right; x++)
            {
                int i = (y * canvas.Width + x) * 4;
                ink += 1 - (rgba[i] + rgba[i + 1] + rgba[i + 2]) / (3 * 255.0);
            }
        }
        return ink;
    }

    /// <summary>
    /// Where text anchored at (100, 100) has to be; below the baseline only what the line's height allows.
    /// </summary>
    private static RectangleF BoxOf(SizeF size, TextStyle style)
    {
        float left = style.Horizontal switch
        {
            HorizontalAlignment.Left => 0,
            HorizontalAlignment.Center => -size.Width / 2,
            _ => -size.Width,
        };
        float top = style.Vertical switch
        {
            VerticalAlignment.Top => 0,
            VerticalAlignment.Bottom => -size.Height,
            VerticalAlignment.Middle => -0.8f * style.Size,
            _ => -style.Size,
        };
        float height = style.Vertical == VerticalAlignment.Middle ? 1.6f * style.Size : size.Height;
        RectangleF box = new(100 + left, 100 + top, size.Width, height);
        Vector2 corner = new(box.Left - 100, box.Top - 100);
        return style.Angle == 0 ? box : new RectangleF(100 + corner.Y, 100 - corner.X - box.Width, box.Height, box.Width);
    }
}
