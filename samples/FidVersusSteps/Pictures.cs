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
        foreach (IGrouping<string, Outcome> way in few.GroupBy(outcome => outcome.Sampler))
        {
            plot.Add(
                way.Key, way.Select(outcome => outcome.Steps),
                way.Select(outcome => outcome.Report.FrechetDistance.Value));
        }
        plot.Add($"DDPM, {full.Steps} steps", ends, ends.Select(_ => full.Report.FrechetDistance.Value))
            .Add("real against real", ends, ends.Select(_ => full.Report.FrechetDistance.Floor))
            .Save(arguments.In("1-distance.png"));
        new ImageGrid(outcomes.SelectMany(outcome => outcome.Images.ToImages().Take(Shown)), Shown)
        {
            Title = $"DDPM; DDIM in {string.Join(", ", few.Select(outcome => outcome.Steps).Distinct())} steps; derived",
        }.Save(arguments.In("2-the-same-noise.png"));
    }
}
