using System.Drawing;
using System.Numerics;
using Diffusion.Sdk.Imaging.Axes;

namespace Diffusion.Sdk.Imaging.Tests.Axes;

public class AxisTests
{
    [Fact]
    public void Around_SomeData_AddsTheMargins()
    {
        Axis axis = Axis.Around(0, 10, isLog: false, lowerMargin: 0, upperMargin: 0.1);
        Assert.Equal((0, 11), (axis.Min, axis.Max));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0.02, false)]
    [InlineData(-3, false)]
    [InlineData(5, true)]
    [InlineData(1, true)]
    public void Around_OneValue_HasLengthAndHoldsIt(double value, bool isLog)
    {
        Axis axis = Axis.Around(value, value, isLog);
        Assert.True(axis.Min < value && value < axis.Max);
        Assert.Equal(0.5, axis.Fraction(value), precision: 6);
    }

    [Fact]
    public void Fraction_LogarithmicAxis_PutsTheGeometricMeanInTheMiddle() =>
        Assert.Equal(0.5, new Axis(0.01, 100, IsLog: true).Fraction(1), precision: 12);

    [Fact]
    public void Fraction_FarOutside_StaysWithinReach() =>
        Assert.InRange(new Axis(0, 1e-12, IsLog: false).Fraction(1e12), 1, 1000);

    [Fact]
    public void WithEqualUnits_EitherAxisTooShort_LengthensItAboutItsCentre()
    {
        RectangleF area = new(10, 20, 200, 100);
        PlotMap wide = new PlotMap(area, new Axis(0, 10, false), new Axis(0, 10, false)).WithEqualUnits();
        Assert.Equal((-5, 15, 0, 10), (wide.X.Min, wide.X.Max, wide.Y.Min, wide.Y.Max));
        PlotMap high = new PlotMap(area, new Axis(0, 40, false), new Axis(0, 10, false)).WithEqualUnits();
        Assert.Equal((0, 40, -5, 15), (high.X.Min, high.X.Max, high.Y.Min, high.Y.Max));
        Vector2 unit = high.Map(1, 1) - high.Map(0, 0);
        Assert.Equal(unit.X, -unit.Y, precision: 4);
        Assert.Equal(new Vector2(10, 120), high.Map(0, -5));
    }
}
