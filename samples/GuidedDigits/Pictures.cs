namespace GuidedDigits;

/// <summary>What the sample draws.</summary>
internal static class Pictures
{
    public static void Draw(SampleArguments arguments, Outcome outcome)
    {
        Guided best = outcome.Best;
        new ImageGrid(best.Grid, best.Grid.Count / ImageSet.Classes)
        {
            Title = $"0 to 9 as asked for, guidance {best.Scale:G2}",
        }.Save(arguments.In("1-by-class.png"));

        Figure.Row(
            Curve("Read as asked for, %", "digits read as asked for, %", outcome, guided => 100 * guided.Accuracy),
            Curve("Distance to real digits", "Fréchet distance", outcome, guided => guided.Distance.Value))
            .Save(arguments.In("2-guidance.png"));

        Sevens("\"Give me a 7\"", outcome.Sevens).Save(arguments.In("3-sevens.png"));
        Sevens("Noise as predicted", outcome.SevensAsPredicted).Save(arguments.In("4-sevens-as-predicted.png"));
    }

    private static ImageGrid Sevens(string title, IReadOnlyList<PixelImage> images) =>
        new(images, images.Count / Recipe.Scales.Count)
        {
            Title = $"{title}: guidance {string.Join(", ", Recipe.Scales)}",
        };

    private static LinePlot Curve(string title, string label, Outcome outcome, Func<Guided, double> value) =>
        new LinePlot { Title = title, XLabel = "guidance scale", YLabel = label }
            .Add(null, outcome.ByScale.Select(guided => guided.Scale), outcome.ByScale.Select(value));
}
