using System.Numerics;
using static TorchSharp.torch;

namespace ScoreMatching;

/// <summary>What a network says about the score at one noise level, beside the exact score.</summary>
/// <param name="Field">The network's score on <see cref="Recipe.Grid"/>.</param>
/// <param name="Cosine">Mean cosine between both, at noised points.</param>
internal sealed record Level(string Name, Vector2[] Field, double Cosine);

/// <summary>What one seed came to.</summary>
/// <param name="Alone">A network for each level.</param>
/// <param name="Together">One network at some of its levels.</param>
/// <param name="Plain">Langevin dynamics at t = 2 alone.</param>
/// <param name="Annealed">The same from t = 199 down.</param>
/// <param name="Ancestral">The same network as a denoiser, by DDPM.</param>
internal sealed record Outcome(
    IReadOnlyList<Level> Alone, IReadOnlyList<Level> Together, Samples Plain, Samples Annealed, Samples Ancestral);

/// <summary>Denoising score matching: the score of x + noise is the mean of -noise / sigma^2.</summary>
internal static class Recipe
{
    private static readonly int[] s_timesteps = [2, 80, 199];

    public static Vector2[] Grid { get; } = VectorField.Grid((-5, 5), (-5, 5), 21, 21);

    private static DdpmScheduler Scheduler => EightModes.Scheduler(VarianceType.FixedLarge);

    public static Outcome Run(long seed, int steps = 5000, int samples = 2000)
    {
        Level[] alone = [
            OneLevel("sigma = 5", signal: 1, sigma: 5, seed, steps),
            .. s_timesteps.Select(t => Scheduler.AlphasCumprod[t]).Zip(s_timesteps, (alphaBar, t) =>
                OneLevel($"t = {t}", Math.Sqrt(alphaBar), Math.Sqrt(1 - alphaBar), seed, steps))];

        using var model = new MlpDenoiser(EightModes.Network, seed);
        Train("all levels", model, 2 * steps, seed, input =>
        {
            Tensor noisy = input.Scheduler.AddNoise(input.Clean, input.Noise, [.. input.Timesteps]);
            Tensor output = input.Denoiser.call(noisy, input.TimestepTensor, null);
            Tensor score = input.Scheduler.GetScore(output, noisy, [.. input.Timesteps]); // -output / sigma
            Tensor sigma = tensor([.. input.Timesteps.Select(t => MathF.Sqrt(1 - Scheduler.AlphasCumprod[(int)t]))]);
            return score.mul(sigma.unsqueeze(1)).add(input.Noise).square().mean(); // sigma^2 |score + noise / sigma|^2
        });
        Level[] together = [.. s_timesteps.Zip(s_timesteps.Select(t => Scheduler.AlphasCumprod[t]), (t, alphaBar) =>
            Measure($"one network, t = {t}", Math.Sqrt(alphaBar), Math.Sqrt(1 - alphaBar), seed, x =>
                Scheduler.GetScore(model.call(x, full([x.shape[0]], t, ScalarType.Int64), null), x, [t])))];

        var langevin = new LangevinSchedulerConfig { NumTrainTimesteps = 200, StepSize = 0.5 };
        return new Outcome(
            alone, together,
            Generate("plain", new LangevinScheduler(langevin with { Level = 2, StepsPerLevel = 2000 })),
            Generate("annealed", new LangevinScheduler(langevin)), Generate("ancestral", Scheduler));

        Samples Generate(string title, Scheduler scheduler)
        {
            using var pipeline = new DdpmPipeline(model, scheduler);
            return Bars.Generate($"{title}, seed {seed}", bar => pipeline.Generate(samples, seed: seed, progress: bar));
        }
    }

    public static Figures Figures(IReadOnlyList<Outcome> outcomes)
    {
        var figures = new Figures("Score matching on the ring of eight modes");
        foreach ((int k, Level level) in outcomes[0].Alone.Concat(outcomes[0].Together).Index())
        {
            figures.Add($"{level.Name}: cosine to the exact score",
                outcomes.Select(o => o.Alone.Concat(o.Together).ElementAt(k).Cosine));
        }
        Add("plain Langevin", outcome => outcome.Plain);
        Add("annealed", outcome => outcome.Annealed);
        Add("DDPM", outcome => outcome.Ancestral);
        return figures;

        void Add(string name, Func<Outcome, Samples> of) => figures
            .Add($"{name}: within 3 std of a mode", outcomes.Select(o => EightModes.Within3(of(o).ToPoints())))
            .Add($"{name}: rarest mode", outcomes.Select(o => EightModes.Shares(of(o).ToPoints()).Min()));
    }

    private static Level OneLevel(string name, double signal, double sigma, long seed, int steps)
    {
        using var model = new MlpDenoiser(EightModes.Network, seed);
        Train(name, model, steps, seed, input => input.Denoiser
            .call(input.Clean.mul(signal).add(input.Noise.mul(sigma)), zeros_like(input.TimestepTensor), null)
            .add(input.Noise.div(sigma)).square().mean().mul(sigma * sigma));
        return Measure(name, signal, sigma, seed, x => model.call(x, zeros(x.shape[0], ScalarType.Int64), null));
    }

    private static void Train(string title, MlpDenoiser model, int steps, long seed, Func<LossInput, Tensor> loss) =>
        Bars.Train(
            $"{title}, seed {seed}",
            new DiffusionTrainer(model, Scheduler, new TrainingOptions { Steps = steps, Seed = seed, Loss = loss }),
            TrainingData.FromPoints(EightModes.Points(5000, seed))).Dispose();

    // Of fresh points, noised as in training; the exact score is known since a noised mixture is one too.
    private static Level Measure(string name, double signal, double sigma, long seed, Func<Tensor, Tensor> score)
    {
        using var scope = NewDisposeScope();
        using var withoutGradients = no_grad();
        var noised = new GaussianMixture(EightModes.Truth.Components.Select(mode => new GaussianComponent(
            1, mode.Mean.Select(value => signal * value), new[,] {
                { signal * signal / 16 + sigma * sigma, 0 }, { 0, signal * signal / 16 + sigma * sigma } })));
        float[] points = [.. noised.Sample(2000, seed + 1000).Cast<float>()];
        var exact = new float[points.Length];
        noised.Score(points, exact);
        double cosine = Vectors(score(tensor(points, [2000, 2]))).Zip(Pairs(exact), (said, truth) =>
            (double)(Vector2.Dot(said, truth) / (said.Length() * truth.Length()))).Average();
        float[] grid = [.. Grid.SelectMany(point => new[] { point.X, point.Y })];
        return new Level(name, Vectors(score(tensor(grid, [Grid.Length, 2]))), cosine);

        static Vector2[] Vectors(Tensor tensor) => Pairs(tensor.data<float>().ToArray());
        static Vector2[] Pairs(float[] values) => [.. values.Chunk(2).Select(pair => new Vector2(pair[0], pair[1]))];
    }
}
