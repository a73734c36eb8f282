
using System.Drawing;

namespace ConditionalRing;

/// <summary>What the sample draws.</summary>
internal static class Pictures
{
    public static void Draw(SampleArguments arguments, Outcome outcome)
    {
        ScatterPlot modes = Scatter("Samples for each mode");
        foreach (var own in outcome.ByScale[1].Chunk(outcome.ByScale[1].Length / EightModes.Count).Index())
        {
            modes.Add($"{own.Index}", own.Item, own.Index < 7 ? null : Color.Black); // there are seven colours
        }
        ScatterPlot radii = Scatter("Samples for each radius");
        foreach (double radius in Recipe.AskedRadii)
        {
            radii.Add($"{radius}", outcome.ByRadius[radius]);
        }
        Figure.Row(modes, radii).Save(arguments.In("1-conditions.png"));
        Figure.Row([.. new[] { 0.0, 1, 5 }.Select(scale => Scatter($"Guidance {scale}").Add(outcome.ByScale[scale]))])
            .Save(arguments.In("2-guidance.png"));
        new LinePlot { Title = "Fidelity and diversity", XLabel = "guidance scale", YLabel = "ratio", LogY = true }
            .Add("nearest to the mode asked for", Recipe.Scales, Recipe.Scales.Select(outcome.Right))
            .Add("deviation within a mode / the data's", Recipe.Scales, Recipe.Scales.Select(outcome.Diversity))
            .Save(arguments.In("3-trade-off.png"));
    }

    private static ScatterPlot Scatter(string title) =>
        new() { Title = title, XLabel = "x", YLabel = "y", XRange = (-5, 5), YRange = (-5, 5) };
}
