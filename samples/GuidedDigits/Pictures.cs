namespace GuidedDigits;

/// <summary>What the sample draws.</summary>
internal static class Pictures
{
    public static void Draw(SampleArguments arguments, Outcome outcome)
    {
        Guided best = outcome.Best;
        new ImageGrid(best.Grid, best.Grid.Count / ImageSet.Classes)
        { Title = $"0 to 9 as asked for, guidance {best.Scale:G2}" }
            .Save(arguments.In("1-by-class.png"));

        Figure.Row(
            Curve("Read as asked for, %", "digits read as asked for, %", outcome, guided => 100 * guided.Accuracy),
            Curve("Distance to real digits", "Fréchet distance", outcome, guided => guided.Distance.Value))
            .Save(arguments.In("2-guidance.png"));

        new ImageGrid(outcome.Sevens, outcome.Sevens.Count / Recipe.Scales.Count)
        { Title = $"\"Give me a 7\": guidance {string.Join(", ", Recipe.Scales)}" }
            .Save(arguments.In("3-sevens.png"));
    }

    private static LinePlot Curve(string title, string label, Outcome outcome, Func<Guided, double> value) =>
        new LinePlot { Title = title, XLabel = "guidance scale", YLabel = label }
            .Add(null, outcome.ByScale.Select(guided => guided.Scale), outcome.ByScale.Select(value));
}
