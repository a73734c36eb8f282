using System.Numerics;

namespace MixtureTutorial;

/// <summary>What the demo draws.</summary>
internal static class Pictures
{
    private static readonly (double, double) s_x = (-8, 10), s_y = (-5, 10);

    public static void Draw(string folder, IReadOnlyList<Outcome> outcomes)
    {
        Directory.CreateDirectory(folder);
        string In(string name) => Path.Combine(folder, name + ".png");
        Vector2[] data = Points(outcomes[0].Data.Values.Span);

        Figure.Row([.. outcomes.Select(Generated)]).Save(In("1-generated"));
        ForwardProcess(data).Save(In("2-forward-process"));
        Schedules().Save(In("3-schedules"));
        Losses(outcomes).Save(In("4-loss"));
        Histograms(outcomes).Save(In("5-histograms"));
        ScoreField(data).Save(In("6-score-field"));
        new Animation([.. outcomes[^1].Samples.Trajectory.Select((state, frame) =>
            Scatter($"after {10 * frame} of {Recipe.Scheduler.NumTrainTimesteps} steps")
                .Add("data", data).Add("generated", state.ToPoints()))]).Save(In("7-reverse-process"));

        ScatterPlot Generated(Outcome o) =>
            Scatter($"{o.Name}: distance {o.Distance.Value:F2} (floor {o.Distance.Floor:F2})")
                .Add("data", data).Add("generated", o.Samples.ToPoints());
    }

    private static Figure ForwardProcess(Vector2[] data)
    {
        // x_t = sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) eps. Ho et al. 2020, eq. 4.
        GaussianMixture standardNormal = GaussianMixture.OnLine((1, 0, 1));
        Vector2[] noise = Points(standardNormal.Sample(2 * data.Length, seed: 5).Cast<float>().ToArray());
        return new Figure(3, [.. new[] { 0, 50, 100, 200, 350, 499 }.Select(t =>
        {
            float alphaBar = Recipe.Scheduler.AlphasCumprod[t];
            return Scatter($"t = {t}, noise {1 - alphaBar:P0}").Add(
                [.. data.Zip(noise, (x0, e) => MathF.Sqrt(alphaBar) * x0 + MathF.Sqrt(1 - alphaBar) * e)]);
        })]);
    }

    private static Figure Schedules()
    {
        (string Name, BetaSchedule Schedule)[] kinds = [
            ("linear", BetaSchedule.Linear), ("scaled linear", BetaSchedule.ScaledLinear),
            ("cosine", BetaSchedule.SquaredCosCapV2), ("sigmoid", BetaSchedule.Sigmoid)];
        var betas = new LinePlot { Title = "beta", XLabel = "timestep", LogY = true };
        var signal = new LinePlot { Title = "fraction of the signal left", XLabel = "timestep", YLabel = "alpha bar" };
        foreach ((string name, BetaSchedule schedule) in kinds)
        {
            var config = new DdpmSchedulerConfig { NumTrainTimesteps = 500, BetaSchedule = schedule };
            var scheduler = new DdpmScheduler(config);
            betas.Add(name, scheduler.Betas.ToArray());
            signal.Add(name, scheduler.AlphasCumprod.ToArray());
        }
        return Figure.Row(betas, signal);
    }

    private static LinePlot Losses(IReadOnlyList<Outcome> outcomes)
    {
        var plot = new LinePlot
        {
            Title = "Training loss",
            XLabel = "step",
            YLabel = "mean squared error",
            LogY = true,
        };
        foreach (Outcome outcome in outcomes)
        {
            plot.AddSmoothed(outcome.Name, outcome.Training.Losses);
        }
        return plot;
    }

    private static Figure Histograms(IReadOnlyList<Outcome> outcomes)
    {
        GaussianMixture truth = GaussianMixture.Tutorial;
        var acrossX = GaussianMixture.OnLine(
            [.. truth.Components.Select(c => (c.Weight, c.Mean[0], Math.Sqrt(c.GetCovariance()[0, 0])))]);
        return Figure.Row([.. outcomes.Select(AcrossX)]);

        Histogram AcrossX(Outcome o)
        {
            var plot = new Histogram
            {
                Title = o.Name,
                XLabel = "x",
                YLabel = "density",
                Bins = 40,
                XRange = s_x,
                YRange = (0, 0.2),
            };
            return plot.Add("generated", o.Samples.ToPoints().Select(p => p.X))
                .AddDensity("truth", x => acrossX.Density([x]));
        }
    }

    // Where the score of the noised truth points: what a denoiser learns, s = -eps / sqrt(1 - alpha_bar).
    private static VectorField ScoreField(Vector2[] data)
    {
        Vector2[] grid = VectorField.Grid(
            ((float)s_x.Item1, (float)s_x.Item2), ((float)s_y.Item1, (float)s_y.Item2), 25, 21);
        GaussianMixture noised = GaussianMixture.Tutorial.Noised(Recipe.Scheduler.AlphasCumprod[50]);
        var scores = new float[2 * grid.Length];
        noised.Score([.. grid.SelectMany(p => new[] { p.X, p.Y })], scores);
        return new VectorField { Title = "Score of the noised mixture, t = 50", XLabel = "x", YLabel = "y" }
            .AddPoints("data", data).Add("score", grid, Points(scores));
    }

    private static ScatterPlot Scatter(string title) =>
        new() { Title = title, XLabel = "x", YLabel = "y", XRange = s_x, YRange = s_y };

    private static Vector2[] Points(ReadOnlySpan<float> values)
    {
        var points = new Vector2[values.Length / 2];
        for (int k = 0; k < points.Length; k++)
        {
            points[k] = new Vector2(values[2 * k], values[2 * k + 1]);
        }
        return points;
    }
}
