namespace FidVersusSteps;

/// <summary>What the sample draws.</summary>
internal static class Pictures
{
    private const int Shown = 10;

    public static void Draw(SampleArguments arguments, IReadOnlyList<Outcome> outcomes)
    {
        Outcome full = outcomes[0];
        Outcome[] few = [.. outcomes.Skip(1)];
        int[] ends = [few.Min(outcome => outcome.Steps), full.Steps];
        var plot = new LinePlot
        {
            Title = "Distance to held-out images", XLabel = "denoiser calls per image", YLabel = "Fréchet distance",
            LogX = true, LogY = true,
        };
        plot.Add("DDIM", few.Select(outcome => outcome.Steps), few.Select(outcome => outcome.Report.FrechetDistance.Value))
            .Add($"DDPM, {full.Steps} steps", ends, ends.Select(_ => full.Report.FrechetDistance.Value))
            .Add("real against real", ends, ends.Select(_ => full.Report.FrechetDistance.Floor))
            .Save(arguments.In("1-distance.png"));
        new ImageGrid(outcomes.SelectMany(outcome => outcome.Images.ToImages().Take(Shown)), Shown)
        {
            Title = $"DDPM; DDIM in {string.Join(", ", few.Select(outcome => outcome.Steps))} steps"
        }.Save(arguments.In("2-the-same-noise.png"));
    }
}
