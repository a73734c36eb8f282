using System.Numerics;

namespace SwissRoll;

/// <summary>What one seed came to.</summary>
/// <param name="Data">The training points.</param>
/// <param name="Losses">The loss of each step.</param>
/// <param name="Samples">Generated points, with their way there.</param>
internal sealed record Outcome(Vector2[] Data, IReadOnlyList<float> Losses, Samples Samples)
{
    /// <summary>The loss around a step: the first one alone, later the mean of the 200 before.</summary>
    public double LossAt(int step) => step == 0 ? Losses[0] : Losses.Take(step).TakeLast(200).Average();
}

/// <summary>T = 200, two hidden layers of 128 with ReLU, batches of 256.</summary>
internal static class Recipe
{
    // What the source sketches, and what its recipe reaches in PyTorch as the mean of the last 200 steps.
    private static readonly (int Step, string Sketch, double Reached)[] s_known =
        [(500, "0.218", 0.470), (1000, "0.103", 0.455), (1500, "0.072", 0.451), (2000, "0.061", 0.451)];

    /// <summary>Adam at 1e-3.</summary>
    public static TrainingOptions Source { get; } = new() { Steps = 2000 };

    /// <summary>What we recommend, for longer; on the points as they are, so that the losses compare.</summary>
    public static TrainingOptions Longer { get; } =
        TrainingOptions.Recommended with { Steps = 16_000, Standardize = false };

    private static DdpmScheduler Scheduler => new(new DdpmSchedulerConfig
    {
        NumTrainTimesteps = 200,
        VarianceType = VarianceType.FixedLarge,
        ClipSample = false,
    });

    public static Outcome Run(long seed, TrainingOptions options, int samples = 5000)
    {
        Vector2[] data = Points(10_000, seed);
        using var model = new MlpDenoiser(
            new MlpDenoiserConfig
            {
                Depth = 2,
                Activation = Activation.Relu,
                TimeWidth = 16,
                TimeNetwork = false,
                TimeFrequencies = [.. Enumerable.Range(0, 8).Select(k => Math.Pow(100, k / 7.0))],
                NumTrainTimesteps = 200,
            },
            seed);
        using TrainingResult training = Bars.Train(
            $"train, seed {seed}", new(model, Scheduler, options with { Seed = seed }), TrainingData.FromPoints(data));

        using var pipeline = new DdpmPipeline(model, Scheduler);
        var everyEighth = new GenerateOptions { TrajectoryEvery = 8 };
        Samples made = Bars.Generate(
            $"sample, seed {seed}",
            bar => pipeline.Generate(samples, seed: seed, options: everyEighth, progress: bar));
        return new Outcome(data, training.Losses, made);
    }

    /// <summary>The losses beside what the source sketches; the goal is what PyTorch reaches.</summary>
    public static Figures Figures(IReadOnlyList<Outcome> outcomes, Outcome longer)
    {
        Figures figures = new Figures("Swiss roll: the loss, mean of the last 200 steps")
            .Add("step 0 (one batch)", outcomes.Select(o => o.LossAt(0)), "1.03");
        foreach ((int step, string sketch, double reached) in s_known)
        {
            figures.Add($"step {step}", outcomes.Select(o => o.LossAt(step)), sketch,
                reached - 0.02, reached + 0.02, ofMean: true);
        }
        return figures.Add("the recommended recipe, 16,000 steps", [longer.LossAt(longer.Losses.Count)])
            .Add("the least that any network can reach", [LeastLoss()]);
    }

    /// <summary>
    /// The loss of the exact mean of the noise given x_t, over all timesteps: the noise that x_t does not tell. The
    /// roll is taken as 1,000 narrow Gaussians along the spiral.
    /// </summary>
    private static double LeastLoss()
    {
        var roll = new GaussianMixture(PointSets.SwissRoll(1000, seed: 0, noise: 0).Cast<float>().Chunk(2).Select(
            point => new GaussianComponent(
                1, point.Select(value => value / 10.0), new[,] { { 0.0025, 0 }, { 0, 0.0025 } })));
        GaussianMixture normal = new([new GaussianComponent(1, [0, 0], new double[,] { { 1, 0 }, { 0, 1 } })]);
        return Enumerable.Range(0, 200).Average(timestep =>
        {
            double alphaBar = Scheduler.AlphasCumprod[timestep];
            float[] noise = [.. normal.Sample(100, timestep).Cast<float>()];
            float[] noisy = [.. roll.Sample(100, timestep + 200).Cast<float>().Zip(noise, (clean, eps) =>
                (float)(Math.Sqrt(alphaBar) * clean + Math.Sqrt(1 - alphaBar) * eps))];
            roll.PosteriorNoise(noisy, alphaBar, noisy);
            return noisy.Zip(noise, (told, eps) => (told - eps) * (told - eps)).Average();
        });
    }

    // The source divides its roll by 10.
    private static Vector2[] Points(int count, long seed)
    {
        float[,] points = PointSets.SwissRoll(count, seed, noise: 0.5);
        return [.. Enumerable.Range(0, count).Select(i => new Vector2(points[i, 0], points[i, 1]) / 10)];
    }
}
