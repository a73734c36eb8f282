using Spectre.Console;

namespace FromPretrained;

/// <summary>Loads, samples, saves.</summary>
internal static class Loading
{
    public static Figures Run(
        SampleArguments arguments, string shippedFolder, string diffusersFolder, int images = 64, int steps = 50)
    {
        var figures = new Figures("Largest change of a sample by saving and loading a pipeline");
        foreach (string name in new[] { "digits", "clothes" })
        {
            using var pipeline = DdpmPipeline.FromPretrained(Path.Combine(shippedFolder, name));
            AnsiConsole.WriteLine($"{name}: {images} images by DDIM in {steps} steps");
            Samples drawn = ShippedPipeline.Draw(pipeline, images, steps);
            drawn.SaveGrid(arguments.In($"{name}.png"), title: $"{name}, DDIM in {steps} steps");
            figures.Add($"{name}, made here", [ChangeBySaving(pipeline, arguments.In($"{name}-again"))], most: 0);
        }

        using var diffusers = DdpmPipeline.FromPretrained(diffusersFolder);
        diffusers.Generate(16, steps: 10, seed: 1)
            .SaveGrid(arguments.In("diffusers.png"), title: "A folder in diffusers' layout");
        return figures.Add(
            "a folder in diffusers' layout", [ChangeBySaving(diffusers, arguments.In("diffusers-again"))], most: 0);
    }

    // What is saved here, Python's diffusers loads.
    private static double ChangeBySaving(DdpmPipeline pipeline, string folder)
    {
        pipeline.SavePretrained(folder);
        using var again = DdpmPipeline.FromPretrained(folder);
        return Draw(pipeline).Zip(Draw(again), (a, b) => Math.Abs(a - b)).Max();

        static float[] Draw(DdpmPipeline pipeline) => pipeline.Generate(4, steps: 4, seed: 1).Values.ToArray();
    }
}
