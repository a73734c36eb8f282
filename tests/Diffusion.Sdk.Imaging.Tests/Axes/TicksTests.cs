using Diffusion.Sdk.Imaging.Axes;
using FsCheck;
using FsCheck.Fluent;

namespace Diffusion.Sdk.Imaging.Tests.Axes;

public class TicksTests
{
    [Theory]
    [InlineData(0, 10, 5, "0 2 4 6 8 10")]
    [InlineData(-7.3, 9.1, 7, "\u22126 \u22124 \u22122 0 2 4 6 8")]
    [InlineData(0, 1, 5, "0.0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(0.013, 0.0205, 4, "0.014 0.016 0.018 0.020")]
    [InlineData(0, 4000, 8, "0 500 1000 1500 2000 2500 3000 3500 4000")]
    [InlineData(0, 2.5e6, 5, "0 5.0e5 1.0e6 1.5e6 2.0e6 2.5e6")]
    [InlineData(1e-7, 3e-7, 4, "1.0e-7 1.5e-7 2.0e-7 2.5e-7 3.0e-7")]
    [InlineData(0.5, 4.7, 2, "2 4")]
    public void Choose_LinearAxis_TakesRoundNumbers(double min, double max, int count, string labels) =>
        Assert.Equal(labels, Labels(new Axis(min, max, IsLog: false), count));

    [Theory]
    [InlineData(0.008, 20000, 7, "0.01 0.1 1 10 100 1000 10000")]
    [InlineData(0.008, 20000, 4, "0.01 1 100 10000")]
    [InlineData(0.8, 150, 6, "1 3 10 30 100")]
    [InlineData(0.04, 1.3, 6, "0.05 0.1 0.2 0.5 1")]
    [InlineData(0.35, 1.1, 4, "0.4 0.6 0.8 1.0")]
    [InlineData(1e-9, 1e-5, 8, "1e-9 1e-8 1e-7 1e-6 1e-5")]
    public void Choose_LogarithmicAxis_TakesPowersOrRoundNumbers(double min, double max, int count, string labels) =>
        Assert.Equal(labels, Labels(new Axis(min, max, IsLog: true), count));

    [Fact]
    public void Choose_AnyAxis_GivesAtLeastTwoDistinctAscendingTicksInside()
    {
        Arbitrary<(int Start, int Digits, int Exponent, int Count, bool IsLog)> axes =
            (from start in Gen.Choose(-1000, 1000)
             from digits in Gen.Choose(1, 999)
             from exponent in Gen.Choose(-6, 6)
             from count in Gen.Choose(2, 12)
             from isLog in Gen.Elements(true, false)
             select (start, digits, exponent, count, isLog)).ToArbitrary();
        Prop.ForAll(axes, given =>
        {
            double length = given.Digits * Math.Pow(10, given.Exponent);
            double min = given.IsLog ? Math.Abs(given.Start) + 1e-3 : given.Start;
            Axis axis = new(min, min + length, given.IsLog);
            Tick[] ticks = Ticks.Choose(axis, given.Count);
            bool ascending = ticks.Zip(ticks.Skip(1)).All(pair => pair.First.Value < pair.Second.Value);
            bool inside = ticks.All(tick => axis.Fraction(tick.Value) is > -1e-6 and < 1 + 1e-6);
            bool distinct = ticks.Select(tick => tick.Label).Distinct().Count() == ticks.Length;
            return ticks.Length >= 2 && ticks.Length <= 2 * given.Count + 2 && ascending && inside && distinct;
        }).QuickCheckThrowOnFailure();
    }

    private static string Labels(Axis axis, int count) => string.Join(' ', Ticks.Choose(axis, count).Select(tick => tick.Label));
}
