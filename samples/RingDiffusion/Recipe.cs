using System.Numerics;

namespace RingDiffusion;

/// <summary>What one seed came to.</summary>
/// <param name="Data">The training points.</param>
/// <param name="Losses">The loss of each step.</param>
/// <param name="Loss">Its mean over the last 1,000 steps.</param>
/// <param name="Large">Points sampled with sigma^2 = beta, with their way there.</param>
/// <param name="Small">Points sampled with the posterior's variance.</param>
/// <param name="Average">The same, by an average of the weights.</param>
internal sealed record Outcome(
    Vector2[] Data, IReadOnlyList<float> Losses, double Loss, Samples Large, Samples Small, Samples Average);

/// <summary>T = 200, a learned time embedding of 16, two hidden layers of 128 with ReLU, Adam at 1e-3.</summary>
internal static class Recipe
{
    public const int Steps = 1000 * 5000 / 256; // 1,000 epochs

    public static Outcome Run(long seed, int steps = Steps, int samples = 10_000)
    {
        Vector2[] data = EightModes.Points(5000, seed);
        using var model = new MlpDenoiser(EightModes.Network, seed);
        var options = new TrainingOptions
        {
            Steps = steps, BatchOrder = BatchOrder.ShuffledEpochs, Seed = seed,
            Ema = [new EmaOptions { Decay = 0.999 }], FinalWeights = WeightsKind.Online, // the average is kept beside
        };
        var trainer = new DiffusionTrainer(model, EightModes.Scheduler(VarianceType.FixedLarge), options);
        using TrainingResult training = Bars.Train(
            $"train, seed {seed}", steps, bar => trainer.Run(TrainingData.FromPoints(data), bar));

        (Samples large, Samples small) = (Generate(VarianceType.FixedLarge), Generate(VarianceType.FixedSmall));
        training.Ema[0].CopyTo(model);
        Samples average = Generate(VarianceType.FixedSmall);
        return new Outcome(
            data, training.Losses, training.MeanLoss(steps, window: 1000), large, small, average);

        Samples Generate(VarianceType variance)
        {
            var last = new DdpmPipelineOptions { AllowOnlineWeights = true }; // as the source samples
            using var pipeline = new DdpmPipeline(model, EightModes.Scheduler(variance), last);
            var options = new GenerateOptions { TrajectoryEvery = 8 };
            return Bars.Generate(
                $"sample, {variance}, seed {seed}",
                bar => pipeline.Generate(samples, seed: seed, options: options, progress: bar));
        }
    }

    /// <summary>The figures beside those of the same recipe in PyTorch.</summary>
    public static Figures Figures(IReadOnlyList<Outcome> outcomes)
    {
        double[][] large = [.. outcomes.Select(o => EightModes.Shares(o.Large.ToPoints()))];
        double[][] small = [.. outcomes.Select(o => EightModes.Shares(o.Small.ToPoints()))];
        return new Figures("Ring of eight Gaussians")
            .Add("loss, mean of the last 1,000 steps", outcomes.Select(o => o.Loss), "0.557", 0.537, 0.577)
            .Add("sigma^2 = beta: share of the rarest mode", large.Select(s => s.Min()), "0.125", 0.1)
            .Add("sigma^2 = beta: share of the commonest mode", large.Select(s => s.Max()), "0.125", most: 0.15)
            .Add("sigma^2 = beta: within 3 std", Within3(o => o.Large), "96.5 %", 0.96, ofMean: true, format: "P2")
            .Add("posterior variance: share of the rarest mode", small.Select(s => s.Min()), "0.125", 0.1)
            .Add("posterior variance: share of the commonest mode", small.Select(s => s.Max()), "0.125", most: 0.15)
            .Add("posterior variance: within 3 std", Within3(o => o.Small), "97.1 %", 0.97, ofMean: true, format: "P2")
            .Add("and an average of the weights: within 3 std", Within3(o => o.Average), format: "P2")
            .Add("truth: within 3 std", outcomes.Select(
                (_, seed) => EightModes.Within3(EightModes.Points(10_000, 1000 + seed))), "98.7 %", format: "P2");

        // Of its nearest Gaussian's centre.
        IEnumerable<double> Within3(Func<Outcome, Samples> of) =>
            outcomes.Select(outcome => EightModes.Within3(of(outcome).ToPoints()));
    }
}
