using static LearnedVariance1D.TwoNetworks;
using static TorchSharp.torch;

namespace LearnedVariance1D;

/// <summary>What one seed came to: the data, the loss (mean of the last 20 steps) and 5,000 generated points.</summary>
internal sealed record Outcome(float[] Data, double Loss, Samples Samples)
{
    private static readonly GaussianMixture s_truth = GaussianMixture.OnLine((1, -4, 1), (2, 4, 1));
    private MixtureRecovery Found => MixtureRecovery.Of(s_truth, Samples.Values.Span);

    public static Outcome Of(
        string title, Denoiser model, PredictionType prediction, VarianceType variance, TrainingOptions options)
    {
        var noise = new DdpmScheduler(new DdpmSchedulerConfig
        {
            NumTrainTimesteps = Steps, BetaSchedule = BetaSchedule.Constant, BetaEnd = Beta, ClipSample = false,
            PredictionType = prediction, VarianceType = variance,
        });
        float[] data = [.. s_truth.Sample(1000, options.Seed).Cast<float>()];
        using TrainingResult training = Bars.Train(
            $"{title}, seed {options.Seed}", new(model, noise, options), TrainingData.FromValues(data, 1));
        using var pipeline = new DdpmPipeline(model, noise);
        var every = new GenerateOptions { TrajectoryEvery = 1 };
        return new(data, training.MeanLoss(options.Steps, 20), pipeline.Generate(5000, null, options.Seed, every));
    }

    public static Figures Figures(IReadOnlyList<Outcome> bound, IReadOnlyList<Outcome> hybrid)
    {
        var figures = new Figures("Mixture of weights 1/3 and 2/3 at -4 and 4");
        foreach ((int seed, Outcome o) in bound.Index())
        {
            double slack = o.Loss <= 0.02 ? 1 : double.PositiveInfinity; // of a seed that failed nothing is asked
            figures.Add($"the bound, seed {seed}", [o.Loss], format: "F4")
                .Add("  largest error of a fraction", [o.Found.LargestFractionError], most: 0.1 * slack)
                .Add("  largest error of a mean", [o.Found.LargestMeanError], most: 0.4 * slack);
        }
        return figures.Add("share of seeds at 0.02", [bound.Average(o => o.Loss <= 0.02 ? 1 : 0)], "6 of 10")
            .Add("hybrid loss: error of a fraction", hybrid.Select(o => o.Found.LargestFractionError), most: 0.05)
            .Add("hybrid loss: error of a mean", hybrid.Select(o => o.Found.LargestMeanError), most: 0.3);
    }

    public static void Draw(SampleArguments arguments, Outcome bound, Outcome hybrid) => new Figure(
        2, [bound.Ways("The bound"), hybrid.Ways("The hybrid loss"), bound.Ends(), hybrid.Ends()])
        .Save(arguments.In("1-ways-and-ends.png"));

    private LinePlot Ways(string title) => Enumerable.Range(0, 40).Aggregate(
        new LinePlot { Title = $"{title}: ways, coloured by their ends", XLabel = "step", YLabel = "x" },
        (plot, i) => plot.Add(
            null, Samples.Trajectory.Select(step => step[i][0]), Samples[i][0] < 0 ? Palette.Blue : Palette.Vermilion));

    private Histogram Ends() => new Histogram { XLabel = "x", YLabel = "density", XRange = (-9, 9), YRange = (0, 0.4) }
        .Add("data", Data).Add("generated", Samples.Values.ToArray()).AddDensity("truth", x => s_truth.Density([x]));
}

/// <summary>The two ways to train.</summary>
internal static class Recipes
{
    /// <summary>The variational bound over whole trajectories. Ho et al. 2020 (arXiv:2006.11239), eq. 3.</summary>
    public static Outcome Bound(long seed, int steps = 1000)
    {
        using var scope = NewDisposeScope();
        using var model = new TwoNetworks(seed);
        Tensor time = arange(1, Steps + 1, 1, ScalarType.Float32).unsqueeze(0); // [1, T]
        Tensor signal = time.mul(Math.Log(1 - Beta) / 2).exp(); // sqrt(alpha_bar)
        return Outcome.Of("the bound", model, PredictionType.Sample, VarianceType.Learned, new TrainingOptions
        {
            Optimizer = OptimizerKind.AdamW, LearningRate = 1e-2, WeightDecay = 1e-6, Steps = steps, Seed = seed,
            BatchSize = 1000, BatchOrder = BatchOrder.ShuffledEpochs, // each batch is all points
            Loss = Loss,
        });

        // -log p(x_T) - sum of log p(x_(t-1) | x_t) / q(x_t | x_(t-1)); over T + 1, as the source has it.
        Tensor Loss(LossInput input)
        {
            Tensor noise = input.Normal(Steps); // [B, T]: x_t = sqrt(1 - beta) x_(t-1) + sqrt(beta) noise_t, unrolled
            Tensor sum = noise.mul(Math.Sqrt(Beta)).div(signal).cumsum(1);
            Tensor path = cat([input.Clean, sum.add(input.Clean).mul(signal)], 1); // [B, T + 1]
            (Tensor before, Tensor after) = (path.narrow(1, 0, Steps), path.narrow(1, 1, Steps));
            (Tensor mean, Tensor deviation) =
                model.Reverse(after.reshape(-1, 1), time.expand(after.shape).reshape(-1, 1));
            Tensor error = before.reshape(-1, 1).sub(mean).div(deviation).square();
            Tensor terms = error.sub(noise.reshape(-1, 1).square()).div(2).add(deviation.log()).sub(Math.Log(Beta) / 2);
            Tensor last = path.narrow(1, Steps, 1).square().mean().add(Math.Log(2 * Math.PI)).div(2);
            return terms.mean().mul(Steps).add(last).div(Steps + 1);
        }
    }

    /// <summary>The noise is predicted, the variance learned beside it. Nichol and Dhariwal 2021.</summary>
    public static Outcome Hybrid(long seed, int steps = 4000)
    {
        using var model = new MlpDenoiser(new MlpDenoiserConfig { DataDimension = 1, LearnsVariance = true }, seed);
        return Outcome.Of("the hybrid loss", model, PredictionType.Epsilon, VarianceType.LearnedRange,
            TrainingOptions.Recommended with { Steps = steps, Seed = seed });
    }
}
