namespace ScoreMatching;

/// <summary>What the sample draws.</summary>
internal static class Pictures
{
    public static void Draw(SampleArguments arguments, Outcome outcome)
    {
        new Figure(2, [.. outcome.Alone.Select(Field)]).Save(arguments.In("1-fields.png"));
        Figure.Row([.. outcome.Together.Select(Field)]).Save(arguments.In("2-one-network.png"));
        Figure.Row(
            Scatter("Plain Langevin, t = 2", outcome.Plain), Scatter("Annealed Langevin", outcome.Annealed),
            Scatter("The same network by DDPM", outcome.Ancestral)).Save(arguments.In("3-samples.png"));
    }

    private static VectorField Field(Level level) =>
        new VectorField { Title = $"Learned score, {level.Name}", XLabel = "x", YLabel = "y" }
            .AddPoints("data", EightModes.Points(500, seed: 0), Palette.Grey)
            // Far away scores are long; their roots leave room for those among the data.
            .Add("score, its length by the root", Recipe.Grid, level.Field.Select(v => v / MathF.Sqrt(v.Length())));

    private static ScatterPlot Scatter(string title, Samples samples) =>
        new ScatterPlot { Title = title, XLabel = "x", YLabel = "y", XRange = (-5, 5), YRange = (-5, 5) }
            .Add(samples.ToPoints());
}
