namespace FromPretrained;

/// <summary>Loads, samples, saves.</summary>
internal static class Loading
{
    public static Figures Run(SampleArguments arguments, string diffusersFolder, int steps = 4000)
    {
        string folder = arguments.In("moons");
        Samples before = TrainAndSave(folder, steps);

        using var points = DdpmPipeline.FromPretrained(folder);
        Samples after = points.Generate(1000, seed: 1);
        after.SavePng(arguments.In("1-moons.png"), "A folder made here");

        using var images = DdpmPipeline.FromPretrained(diffusersFolder);
        Samples drawn = images.Generate(16, steps: 10, seed: 1);
        drawn.SaveGrid(arguments.In("2-diffusers.png"), title: "A folder in diffusers' layout");

        images.SavePretrained(arguments.In("again")); // which Python's diffusers loads
        using var again = DdpmPipeline.FromPretrained(arguments.In("again"));
        return new Figures("Loaded pipelines")
            .Add("made here: largest change of a sample by saving and loading", [Difference(before, after)], most: 0)
            .Add("diffusers' layout: largest change by saving and loading",
                [Difference(drawn, again.Generate(16, steps: 10, seed: 1))], most: 0);
    }

    private static Samples TrainAndSave(string folder, int steps)
    {
        var data = TrainingData.FromPoints(PointSets.Moons(1000, seed: 1));
        using var model = new MlpDenoiser();
        var scheduler = new DdpmScheduler(new DdpmSchedulerConfig { ClipSample = false });
        var trainer = new DiffusionTrainer(model, scheduler, TrainingOptions.Recommended with { Steps = steps });
        Bars.Train("train", trainer, data).Dispose();
        using var pipeline = new DdpmPipeline(model, scheduler);
        pipeline.SavePretrained(folder);
        return pipeline.Generate(1000, seed: 1);
    }

    private static double Difference(Samples one, Samples other) =>
        one.Values.ToArray().Zip(other.Values.ToArray(), (a, b) => Math.Abs(a - b)).Max();
}
