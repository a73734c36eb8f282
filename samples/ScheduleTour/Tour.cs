using static TorchSharp.torch;

namespace ScheduleTour;

/// <summary>One data set on its way to noise.</summary>
/// <param name="Noised">The numbers at each of <see cref="Timesteps"/>.</param>
internal sealed record Tour(IReadOnlyList<float[]> Noised)
{
    /// <summary>Half around -2, half around 2.</summary>
    public static GaussianMixture Truth { get; } = GaussianMixture.OnLine((1, -2, 0.3), (1, 2, 0.3));

    public static IReadOnlyList<int> Timesteps { get; } = [0, 20, 50, 100, 150, 199];

    public static DdpmScheduler Scheduler { get; } = Schedule(BetaSchedule.Linear);

    public static DdpmScheduler Schedule(BetaSchedule kind) =>
        new(new DdpmSchedulerConfig { NumTrainTimesteps = 200, BetaSchedule = kind });

    /// <summary>Noises each number independently at every timestep: x_t = sqrt(alpha bar) x_0 + sqrt(1 - alpha bar)
    /// eps.</summary>
    public static Tour Take(int count, long seed)
    {
        using var scope = NewDisposeScope();
        Tensor clean = tensor([.. Truth.Sample(count, seed).Cast<float>()], [count, 1]);
        GaussianMixture normal = GaussianMixture.OnLine((1, 0, 1));
        return new Tour([.. Timesteps.Select((timestep, k) =>
        {
            Tensor noise = tensor([.. normal.Sample(count, seed + 1 + k).Cast<float>()], [count, 1]);
            return Scheduler.AddNoise(clean, noise, [timestep]).data<float>().ToArray();
        })]);
    }

    /// <summary>sqrt(1 - alpha_bar), the deviation of the noise.</summary>
    public static double NoiseLevel(int timestep) => Math.Sqrt(1 - Scheduler.AlphasCumprod[timestep]);

    /// <summary>How noisy, and how wide the numbers are beside the width that follows from the mixture.</summary>
    public Figures Figures()
    {
        var figures = new Figures("The forward process, T = 200, beta linear from 1e-4 to 0.02");
        for (int k = 0; k < Timesteps.Count; k++)
        {
            int timestep = Timesteps[k];
            double alphaBar = Scheduler.AlphasCumprod[timestep];
            double width = Math.Sqrt(alphaBar * (4 + 0.3 * 0.3) + 1 - alphaBar);
            double measured = TrainingData.FromValues(Noised[k], 1).Statistics.StandardDeviation[0];
            figures.Add($"t = {timestep}: noise level", [NoiseLevel(timestep)])
                .Add($"t = {timestep}: deviation of x_t", [measured], $"{width:F3}", width - 0.05, width + 0.05);
        }
        return figures;
    }
}
