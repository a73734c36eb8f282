namespace LatentWalk;

/// <summary>What the sample draws.</summary>
internal static class Pictures
{
    public static void Draw(SampleArguments arguments, Outcome outcome)
    {
        Grid("From one noise to another: 0, 2, 4, 6, 8", columns: 11, outcome.Walk).Save(arguments.In("1-walk.png"));
        Grid(
            $"Unseen; made again in {string.Join(", ", outcome.Again.Select(again => again.Steps))} steps",
            outcome.Real.Count, [outcome.Real, .. outcome.Again.Select(again => again.Images)])
            .Save(arguments.In("2-there-and-back.png"));
        new LinePlot
        {
            Title = "Inverted and made again", XLabel = "steps", YLabel = "error of a pixel (root mean square)",
            LogX = true, LogY = true,
        }.Add(null, outcome.Again.Select(again => again.Steps), outcome.Again.Select(again => outcome.Error(again.Images)))
            .Save(arguments.In("3-error.png"));
        Grid(
            $"Unseen; noised by {string.Join(", ", outcome.Edits.Select(edit => edit.Strength))}, made one more",
            outcome.Real.Count, [outcome.Real, .. outcome.Edits.Select(edit => edit.Images)])
            .Save(arguments.In("4-edits.png"));
        Grid(
            "Unseen; the lower half drawn anew, three times", outcome.Real.Count, [outcome.Real, .. outcome.Filled])
            .Save(arguments.In("5-filled-in.png"));
    }

    private static ImageGrid Grid(string title, int columns, params Samples[] rows) =>
        new(rows.SelectMany(row => row.ToImages()), columns) { Title = title };
}
