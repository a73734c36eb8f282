using System.Numerics;

namespace RingDiffusion;

/// <summary>What the sample draws.</summary>
internal static class Pictures
{
    private const int Shown = 2000; // more points hide each other

    public static void Draw(SampleArguments arguments, Outcome outcome)
    {
        Vector2[] data = outcome.Data[..Math.Min(Shown, outcome.Data.Length)];
        Figure.Row(
            Scatter("Training data").Add(data),
            Scatter("Sampled with sigma² = beta").Add(Points(outcome.Large)),
            Scatter("Sampled with the posterior's variance").Add(Points(outcome.Small)))
            .Save(arguments.In("1-generated.png"));

        IReadOnlyList<Samples> way = outcome.Large.Trajectory; // every 8 of 200 steps
        new Figure(3, [.. new[] { 0, 6, 12, 18, 22, 25 }.Select(
            frame => Scatter($"{(frame <= 6 ? "Early" : frame <= 18 ? "Middle" : "Final")}: after {8 * frame} steps")
                .Add(Points(way[frame])))]).Save(arguments.In("2-stages.png"));

        new LinePlot { Title = "Training loss", XLabel = "step", YLabel = "mean squared error" }
            .AddSmoothed(null, outcome.Losses, window: 1000).Save(arguments.In("3-loss.png"));

        new Animation([.. way.Select((step, frame) => Scatter($"After {8 * frame} of 200 steps").Add(Points(step)))])
            .Save(arguments.In("4-reverse-process.png"));
    }

    private static ScatterPlot Scatter(string title) =>
        new() { Title = title, XLabel = "x", YLabel = "y", XRange = (-5, 5), YRange = (-5, 5) };

    private static Vector2[] Points(Samples samples) => samples.ToPoints()[..Math.Min(Shown, samples.Count)];
}
