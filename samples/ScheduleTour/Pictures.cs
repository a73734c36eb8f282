
namespace ScheduleTour;

/// <summary>What the tour draws.</summary>
internal static class Pictures
{
    private static readonly (string Name, BetaSchedule Kind)[] s_kinds = [
        ("linear", BetaSchedule.Linear), ("scaled linear", BetaSchedule.ScaledLinear),
        ("cosine", BetaSchedule.SquaredCosCapV2), ("sigmoid", BetaSchedule.Sigmoid),
        ("constant", BetaSchedule.Constant)];

    public static void Draw(SampleArguments arguments, Tour tour)
    {
        new Figure(3, [.. Tour.Timesteps.Select((timestep, k) => Numbers(timestep, tour.Noised[k]))])
            .Save(arguments.In("1-forward-process.png"));
        Figure.Row(Betas(), Fractions()).Save(arguments.In("2-schedule.png"));
        Schedules().Save(arguments.In("3-schedules.png"));
    }

    private static Histogram Numbers(int timestep, float[] numbers) =>
        new Histogram
        {
            Title = $"t = {timestep}, noise level {Tour.NoiseLevel(timestep):F3}",
            XLabel = "x_t",
            YLabel = "density",
            XRange = (-5, 5),
            YRange = (0, 0.8),
            Bins = 50,
        }.Add("numbers", numbers).AddDensity("exact", x =>
            Tour.Truth.Noised(Tour.Scheduler.AlphasCumprod[timestep]).Density([x]));

    private static LinePlot Betas() =>
        new LinePlot { Title = "beta, linear from 1e-4 to 0.02", XLabel = "timestep t", YLabel = "beta" }
            .Add(null, Tour.Scheduler.Betas.ToArray());

    private static LinePlot Fractions()
    {
        float[] alphaBar = Tour.Scheduler.AlphasCumprod.ToArray();
        return new LinePlot { Title = "Of x_t, signal and noise", XLabel = "timestep t", YLabel = "factor" }
            .Add("signal, sqrt(alpha bar)", alphaBar.Select(a => Math.Sqrt(a)))
            .Add("noise, sqrt(1 - alpha bar)", alphaBar.Select(a => Math.Sqrt(1 - a)));
    }

    private static Figure Schedules()
    {
        var betas = new LinePlot { Title = "beta", XLabel = "timestep t", YLabel = "beta", LogY = true };
        var signal = new LinePlot { Title = "Signal left", XLabel = "timestep t", YLabel = "alpha bar" };
        var ratio = new LinePlot
        {
            Title = "Signal to noise, alpha bar / (1 - alpha bar)",
            XLabel = "timestep t",
            YLabel = "ratio",
            LogY = true,
        };
        foreach ((string name, BetaSchedule kind) in s_kinds)
        {
            DdpmScheduler scheduler = Tour.Schedule(kind);
            betas.Add(name, scheduler.Betas.ToArray());
            signal.Add(name, scheduler.AlphasCumprod.ToArray());
            ratio.Add(name, Enumerable.Range(0, scheduler.NumTrainTimesteps).Select(t => scheduler.SignalToNoise(t)));
        }
        return Figure.Row(betas, signal, ratio);
    }
}
