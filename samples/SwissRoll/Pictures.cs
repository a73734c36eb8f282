using System.Numerics;

namespace SwissRoll;

/// <summary>What the sample draws.</summary>
internal static class Pictures
{
    private const int Shown = 2000; // more points hide each other

    public static void Draw(SampleArguments arguments, Outcome outcome)
    {
        Figure.Row(
            Scatter("Training data").Add(outcome.Data[..Math.Min(Shown, outcome.Data.Length)]),
            Scatter("Generated").Add(Points(outcome.Samples)))
            .Save(arguments.In("1-generated.png"));

        new LinePlot { Title = "Training loss", XLabel = "step", YLabel = "mean squared error" }
            .AddSmoothed("here", outcome.Losses, window: 100)
            .Add("the source's sketch", new[] { 0, 500, 1000, 1500, 2000 }, [1.03, 0.218, 0.103, 0.072, 0.061])
            .Save(arguments.In("2-loss.png"));

        new Animation([.. outcome.Samples.Trajectory.Select(
            (step, frame) => Scatter($"After {8 * frame} of 200 steps").Add(Points(step)))])
            .Save(arguments.In("3-reverse-process.png"));
    }

    private static ScatterPlot Scatter(string title) =>
        new() { Title = title, XLabel = "x / 10", YLabel = "z / 10", XRange = (-2, 2), YRange = (-2, 2) };

    private static Vector2[] Points(Samples samples) => samples.ToPoints()[..Math.Min(Shown, samples.Count)];
}
