using System.Numerics;

namespace ConditionalRing;

/// <summary>What one seed came to.</summary>
/// <param name="ByScale">For each guidance, points made for mode 0, 0, ..., 1, 1, ..., 7.</param>
/// <param name="ByRadius">For each radius, points made for it.</param>
internal sealed record Outcome(
    IReadOnlyDictionary<double, Vector2[]> ByScale, IReadOnlyDictionary<double, Vector2[]> ByRadius)
{
    /// <summary>The share of points that are nearest to the mode they were made for.</summary>
    public double Right(double scale) => ByScale[scale].Chunk(ByScale[scale].Length / EightModes.Count)
        .Select((own, mode) => own.Count(point => EightModes.Nearest(point) == mode) / (double)own.Length).Average();

    /// <summary>The deviation of the points made for one mode over that of the data: 1 is as varied.</summary>
    public double Diversity(double scale) => Math.Sqrt(
        ByScale[scale].Chunk(ByScale[scale].Length / EightModes.Count).Average(own =>
        {
            Vector2 mean = own.Aggregate((sum, point) => sum + point) / own.Length;
            return own.Average(point => Vector2.DistanceSquared(point, mean)) / 2; // over both directions
        })) / EightModes.Deviation;
}

/// <summary>The network and training of RingDiffusion, with a condition; the posterior's variance.</summary>
internal static class Recipe
{
    public static IReadOnlyList<double> Scales { get; } = [0, 0.5, 1, 1.5, 2, 3, 5];

    public static IReadOnlyList<double> AskedRadii { get; } = [1.5, 2, 2.5, 3, 3.5, 4];

    public static Outcome Run(long seed, int epochs = 1000, int perMode = 100, int perRadius = 200)
    {
        const int count = 5000, each = count / EightModes.Count;
        var classes = TrainingData.FromValues(
            [.. EightModes.Truth.SampleEvenly(each, seed).Cast<float>()], ModeOfEach(each), 2);
        // The ninth class is "none", which a tenth of the points are shown as: what guidance needs.
        using DdpmPipeline byMode = Train(
            "modes", EightModes.Network with { NumClassEmbeds = EightModes.Count + 1 }, classes,
            new TrainingOptions { LabelDropout = 0.1, Seed = seed, Steps = epochs * count / 256 });

        Vector2[] points = EightModes.Points(count, seed);
        var radii = TrainingData.FromPoints(points, points.Select(point => new[] { point.Length() }));
        using DdpmPipeline byRadius = Train(
            "radii", EightModes.Network with { ConditionWidth = 1 }, radii,
            new TrainingOptions { Seed = seed, Steps = epochs * count / 256 });

        return new Outcome(
            Scales.ToDictionary(scale => scale, scale => byMode.Generate(
                EightModes.Count * perMode, seed: seed,
                options: new GenerateOptions { Labels = ModeOfEach(perMode), GuidanceScale = scale }).ToPoints()),
            AskedRadii.ToDictionary(radius => radius, radius => byRadius.Generate(
                perRadius, seed: seed,
                options: new GenerateOptions { Conditions = new[,] { { (float)radius } } }).ToPoints()));
    }

    public static Figures Figures(IReadOnlyList<Outcome> outcomes)
    {
        Figures figures = new Figures("Asking for a mode and for a radius")
            .Add("nearest to the mode asked for", outcomes.Select(o => o.Right(1)), "1.000", least: 0.99);
        foreach (double radius in AskedRadii)
        {
            figures.Add(
                $"mean radius, asked for {radius}",
                outcomes.Select(o => o.ByRadius[radius].Average(p => (double)p.Length())),
                "within 0.035", radius - 0.06, radius + 0.06, ofMean: true);
        }
        foreach (double scale in Scales)
        {
            figures.Add($"guidance {scale}: nearest to the mode asked for", outcomes.Select(o => o.Right(scale)))
                .Add($"guidance {scale}: deviation over the data's", outcomes.Select(o => o.Diversity(scale)));
        }
        return figures;
    }

    private static DdpmPipeline Train(
        string title, MlpDenoiserConfig network, TrainingData data, TrainingOptions options)
    {
        options = options with { BatchOrder = BatchOrder.ShuffledEpochs };
        var model = new MlpDenoiser(network, options.Seed);
        DdpmScheduler scheduler = EightModes.Scheduler(VarianceType.FixedSmall);
        var trainer = new DiffusionTrainer(model, scheduler, options);
        Bars.Train($"train, {title}, seed {options.Seed}", options.Steps, bar => trainer.Run(data, bar)).Dispose();
        return new DdpmPipeline(model, scheduler, new DdpmPipelineOptions { OwnsDenoiser = true });
    }

    private static long[] ModeOfEach(int perMode) =>
        [.. Enumerable.Range(0, EightModes.Count * perMode).Select(i => (long)(i / perMode))];
}
