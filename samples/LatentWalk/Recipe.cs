using System.Numerics.Tensors;
using Diffusion.Sdk.Numerics;

namespace LatentWalk;

/// <summary>What came of it.</summary>
/// <param name="Walk">From one noise to another in equal angles, a row for each class.</param>
/// <param name="Real">Unseen images.</param>
/// <param name="Again">The number of steps, and the same images inverted and made again in so many.</param>
/// <param name="Edits">The strength, and the real images noised so far and drawn as the next class.</param>
/// <param name="Filled">The real images with their lower half drawn anew, three times.</param>
internal sealed record Outcome(
    Samples Walk, Samples Real, IReadOnlyList<(int Steps, Samples Images)> Again,
    IReadOnlyList<(double Strength, Samples Images)> Edits, IReadOnlyList<Samples> Filled)
{
    /// <summary>How far pixels, in [-1, 1], are off in the root mean square.</summary>
    public double Error(Samples images) =>
        TensorPrimitives.Distance(Real.Values.Span, images.Values.Span) / Math.Sqrt(Real.Values.Length);
}

/// <summary>Song et al. 2021 (arXiv:2010.02502), sections 4.3 and 5.3.</summary>
internal static class Recipe
{
    private const int Classes = 5;
    private const int WalkLength = 11;

    public static Outcome Run(DdpmPipeline trained, ImageData unseen, int steps = 100)
    {
        // What clips loses what it cuts off, so the way there and back is without.
        DdimSchedulerConfig config = DdimScheduler.FromConfig(trained.Scheduler.Config).Config;
        using DdpmPipeline pipeline = trained.WithScheduler(new DdimScheduler(config with { ClipSample = false }));
        using DdpmPipeline clipping = trained.WithScheduler(new DdimScheduler(config));

        // One real image of each class, and the next class for each.
        const int images = ImageSet.Classes;
        long[] labels = ImageSet.EachInTurn(images);
        long[] others = [.. labels.Select(label => (label + 1) % ImageSet.Classes)];
        Samples real = Stack([.. labels.Select(label => Array.IndexOf(unseen.Labels.ToArray(), label))
            .Select(place => unseen.Slice(place..(place + 1)).ToSamples())]);

        int[] ladder = [.. new[] { 10, 25, 50, 100, 250 }.Where(count => count <= config.NumTrainTimesteps)];
        return new Outcome(
            Walk(clipping, steps),
            real,
            [.. ladder.Select(count => (count, ThereAndBack(pipeline, real, labels, count)))],
            [.. new[] { 0.3, 0.5, 0.7, 0.9 }.Select(strength => (strength, clipping.Generate(
                images, steps, seed: 1,
                ShippedPipeline.Guided with { Original = real, Strength = strength, Labels = others, GuidanceScale = 2 })))],
            [.. new long[] { 1, 2, 3 }.Select(seed => clipping.Generate(
                images, steps, seed,
                new GenerateOptions { Original = real, Known = UpperHalf(real), Labels = labels, Resamples = 5 }))]);
    }

    public static Figures Figures(Outcome outcome)
    {
        var figures = new Figures("Unseen digits inverted and made again, root mean square error of a pixel in [-1, 1]");
        double before = double.PositiveInfinity;
        foreach ((int steps, Samples images) in outcome.Again)
        {
            double error = outcome.Error(images);
            figures.Add($"{steps} steps", [error], most: before); // falls with the steps
            before = error;
        }
        return figures;
    }

    /// <summary>Images below each other as one list.</summary>
    private static Samples Stack(params Samples[] parts) => new(
        [.. parts.SelectMany(part => part.Values.ToArray())],
        [parts.Sum(part => part.Count), .. parts[0].Shape.Skip(1)]);

    private static Samples Walk(DdpmPipeline pipeline, int steps)
    {
        int[] shape = [.. pipeline.Denoiser.SampleShape];
        int values = shape.Aggregate((product, size) => product * size);
        var ends = new float[2 * Classes * values];
        new PhiloxStreams(seed: 0).Normal(RandomPurpose.InitialNoise, 0, 2 * Classes, 0, ends);
        float[] noise = [.. Enumerable.Range(0, Classes).SelectMany(row => Enumerable.Range(0, WalkLength).SelectMany(column =>
            Slerp(
                ends.AsSpan(2 * row * values, values), ends.AsSpan((2 * row + 1) * values, values),
                column / (WalkLength - 1f))))];
        return pipeline.Generate(Classes * WalkLength, steps, options: ShippedPipeline.Guided with
        {
            InitialNoise = new Samples(noise, [Classes * WalkLength, .. shape]),
            Labels = [.. Enumerable.Range(0, Classes * WalkLength).Select(i => 2L * (i / WalkLength))],
            GuidanceScale = 1.5,
        });
    }

    // Along the great circle, so that what lies between is as long as noise is. Song et al. 2021, eq. 67.
    private static float[] Slerp(ReadOnlySpan<float> from, ReadOnlySpan<float> to, float share)
    {
        float angle = MathF.Acos(TensorPrimitives.CosineSimilarity(from, to));
        var between = new float[from.Length];
        TensorPrimitives.Multiply(from, MathF.Sin((1 - share) * angle) / MathF.Sin(angle), between);
        TensorPrimitives.MultiplyAdd(to, MathF.Sin(share * angle) / MathF.Sin(angle), between, between);
        return between;
    }

    private static Samples ThereAndBack(DdpmPipeline pipeline, Samples real, long[] labels, int steps)
    {
        var options = new GenerateOptions { Labels = labels };
        Samples noise = Bars.Generate($"invert in {steps} steps", bar => pipeline.Invert(real, steps, options, bar));
        return pipeline.Generate(real.Count, steps, options: options with { InitialNoise = noise });
    }

    private static bool[] UpperHalf(Samples images) =>
        [.. Enumerable.Range(0, images.Shape[2] * images.Shape[3]).Select(i => i < images.Shape[2] / 2 * images.Shape[3])];
}
