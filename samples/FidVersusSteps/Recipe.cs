using Diffusion.Sdk.Files;
using Diffusion.Sdk.Metrics;
using Spectre.Console;
using static TorchSharp.torch;

namespace FidVersusSteps;

/// <summary>What one sampler came to.</summary>
internal sealed record Outcome(string Sampler, int Steps, ImageReport Report, Samples Images);

/// <summary>The same weights under DDPM in all steps and DDIM in few; by classes, as many of each.</summary>
internal static class Recipe
{
    private const int Part = 250;

    /// <param name="trained">The pipeline.</param>
    /// <param name="set">The data.</param>
    /// <param name="images">How many are drawn by each sampler, and compared with twice as many held out, if there are so
    /// many; those, split, give real against real.</param>
    /// <param name="folder">Where what is drawn is kept, in whole parts.</param>
    /// <param name="ddimSteps">The steps of DDIM.</param>
    public static IReadOnlyList<Outcome> Run(
        DdpmPipeline trained, ImageSet set, int images, string folder, params int[] ddimSteps)
    {
        using ImageClassifier classifier = set.Classifier();
        ImageData unseen = set.Load().Unseen;
        ImageFeatures real = classifier.Extract(unseen.Slice(..Math.Min(2 * images, unseen.Count)));
        DdimScheduler ddim = DdimScheduler.FromConfig(trained.Scheduler.Config);
        int[] few = ddimSteps.Length > 0 ? ddimSteps : [100, 50, 20, 10];
        (string Name, Scheduler Scheduler, int Steps, GenerateOptions Options)[] samplers =
        [
            ("DDPM", trained.Scheduler, trained.Scheduler.NumTrainTimesteps, new()),
            .. few.Select(steps => ("DDIM", (Scheduler)ddim, steps, new GenerateOptions())),
            .. few.Select(steps => ("DDIM, derived", (Scheduler)ddim, steps, ShippedPipeline.Guided)),
        ];
        return [.. samplers.Select(sampler =>
        {
            using DdpmPipeline pipeline = trained.WithScheduler(sampler.Scheduler);
            string name = $"{sampler.Name} {sampler.Steps}";
            Samples drawn = DrawInParts(
                pipeline, name, sampler.Steps, sampler.Options, images, Path.Combine(folder, name));
            return new Outcome(
                sampler.Name, sampler.Steps, ImageMetrics.Compare(classifier.Extract(drawn.ToData()), real), drawn);
        })];
    }

    public static bool Show(IReadOnlyList<Outcome> outcomes)
    {
        ImageReport first = outcomes[0].Report;
        Table table = new Table().Border(TableBorder.Rounded)
            .Title($"{first.Generated} generated, {first.Real} held out: distance ± half its 95% interval")
            .AddColumns("sampler", "steps", "Fréchet", "kernel (KID)", "precision", "recall");
        foreach ((string sampler, int steps, ImageReport report, Samples _) in outcomes)
        {
            table.AddRow(
                sampler, $"{steps}", Text(report.FrechetDistance), Text(report.KernelDistance), Text(report.Precision),
                Text(report.Recall));
        }
        AnsiConsole.Write(table.AddRow(
            "real against real", "", $"{first.FrechetDistance.Floor:G3}", $"{first.KernelDistance.Floor:G2}",
            $"{first.Precision.Floor:F3}", $"{first.Recall.Floor:F3}"));
        return true; // there is no goal: the figures are the lesson

        static string Text(MetricResult result) =>
            $"{result.Value:G3} ± {(result.Upper - result.Lower) / 2:G2}";
    }

    // A sample depends on the seed and its index alone; each part has its number as the seed.
    private static Samples DrawInParts(
        DdpmPipeline pipeline, string name, int steps, GenerateOptions options, int images, string folder)
    {
        options = options with { Labels = ImageSet.EachInTurn(Part) };
        Directory.CreateDirectory(folder);
        int parts = (images + Part - 1) / Part;
        var values = new List<float>();
        for (int part = 0; part < parts; part++)
        {
            string path = Path.Combine(folder, $"{part:D3}.safetensors");
            if (!File.Exists(path))
            {
                Samples drawn = Bars.Generate($"{name}, part {part + 1} of {parts}", bar => pipeline.Generate(
                    Part, steps, seed: part, options, bar));
                using Tensor kept = tensor(drawn.Values.ToArray(), [.. drawn.Shape.Select(size => (long)size)]);
                TensorFile.Save(path, [new("images", kept)]);
            }
            using var scope = NewDisposeScope();
            values.AddRange(TensorFile.Load(path)["images"].data<float>());
        }
        int[] shape = [.. pipeline.Denoiser.SampleShape];
        int size = shape.Aggregate((product, side) => product * side);
        return new Samples([.. values[..(images * size)]], [images, .. shape]);
    }
}
