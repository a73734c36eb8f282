using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Tests.Schedulers.Oracles;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Pipelines;

/// <summary>From data to the noise that makes them, and back.</summary>
public sealed class InvertTests : PipelineTest
{
    [Fact]
    public void Invert_ThenGenerate_ReturnsWithAnErrorOfFirstOrder()
    {
        var scheduler = new DdimScheduler(new DdimSchedulerConfig { ClipSample = false });
        using var denoiser = new GaussianDenoiser(scheduler, 0.8);
        using var pipeline = new DdpmPipeline(denoiser, scheduler);
        Samples data = pipeline.Generate(400, 1000, 1);
        int[] steps = [25, 50, 100, 200];

        double[] errors = [.. steps.Select(n =>
        {
            Samples noise = pipeline.Invert(data, n, new GenerateOptions { BlockSize = 64 });
            return Distance(data, pipeline.Generate(400, n, 1, new GenerateOptions { InitialNoise = noise }));
        })];

        Assert.InRange(Convergence.Order(steps, errors), 0.8, 1.3);
        Assert.InRange(errors[^1], 0, 0.02);
    }

    [Fact]
    public void Invert_PipelineThatClips_DoesNotClip()
    {
        var clips = new DdimScheduler(new DdimSchedulerConfig { ClipSample = true });
        using var denoiser = new GaussianDenoiser(clips, 0.8);
        using var clipping = new DdpmPipeline(denoiser, clips);
        using DdpmPipeline exact = clipping.WithScheduler(
            DdimScheduler.FromConfig(clips.Config with { ClipSample = false }));
        Samples data = exact.Generate(50, 100, 1);

        Assert.Contains(data.Values.ToArray(), value => Math.Abs(value) > 1.5f); // which clipping would change
        Assert.Equal(exact.Invert(data, 50).Values.ToArray(), clipping.Invert(data, 50).Values.ToArray());
    }

    [Fact]
    public void Invert_TypicalData_GivesStandardNormalNoise()
    {
        var scheduler = new DdimScheduler(new DdimSchedulerConfig { ClipSample = false });
        using var denoiser = new GaussianDenoiser(scheduler, 0.8);
        using var pipeline = new DdpmPipeline(denoiser, scheduler);

        Samples noise = pipeline.Invert(pipeline.Generate(2000, 100, 1), 100);

        float[] x = [.. noise.Values.ToArray().Where((_, i) => i % 2 == 0)];
        float[] y = [.. noise.Values.ToArray().Where((_, i) => i % 2 == 1)];
        Assert.Equal(0, x.Average(), 0.1);
        Assert.Equal(1, x.Average(value => value * value), 0.12);
        Assert.Equal(0, x.Zip(y, (a, b) => a * b).Average(), 0.1); // they were correlated
    }

    [Fact]
    public void Invert_StandardizedModel_StartsFromTheUnitsOfTheDataAndEndsWithoutUnits()
    {
        using DdpmPipeline pipeline = NewPipeline();
        Samples plain = pipeline.Invert(new Samples([0.5f, -0.25f], [1, 2]), 10);
        Denoiser.TrainingRecord = Record() with { Standardization = new([10, -20], [2, 4]) };

        Samples standardized = pipeline.Invert(new Samples([11, -21], [1, 2]), 10);

        Assert.Equal(plain.Values.ToArray(), standardized.Values.ToArray(), new Close(1e-5f));
    }

    [Fact]
    public void Invert_Classes_AsksForThem()
    {
        using var denoiser = new ClassDenoiser(4) { TrainingRecord = Record() with { NullLabel = 3 } };
        using var pipeline = new DdpmPipeline(denoiser, new DdpmScheduler(Config));
        var shown = new List<long>();

        pipeline.Invert(
            new Samples([1, 2, 3, 4], [2, 2]), 3,
            new GenerateOptions { Labels = [1, 2], OnStep = step => shown.Add(step.Timestep) });

        Assert.Equal(["1 2", "1 2", "1 2"], denoiser.Asked);
        Assert.Equal([0, 13, 26], shown);
    }

    [Fact]
    public void Invert_BadRequest_SaysWhatIsWrong()
    {
        using DdpmPipeline pipeline = NewPipeline();
        Samples data = new([1, 2], [1, 2]);
        void Refuses(string message, Samples given, int? steps = 5, GenerateOptions? options = null) => Assert.Contains(
            message, Assert.ThrowsAny<ArgumentException>(() => pipeline.Invert(given, steps, options)).Message,
            StringComparison.Ordinal);

        Refuses("data has shape [1, 3]; expected [1, 2]", new Samples([1, 2, 3], [1, 3]));
        Refuses("data holds NaN in sample 0; expected finite", new Samples([1, float.NaN], [1, 2]));
        Refuses("steps is 41; expected an integer in [1, 40]", data, 41);
        Refuses("Original is given; expected null", data, options: new GenerateOptions { Original = data });
        Refuses("InitialNoise is given; expected null", data, options: new GenerateOptions { InitialNoise = data });
        Refuses("Eta is 0.5, but the pipeline samples with a DdimInverseScheduler", data,
            options: new GenerateOptions { Eta = 0.5 });
        Assert.Throws<ArgumentNullException>(() => pipeline.Invert(null!));
    }

    private static double Distance(Samples a, Samples b) =>
        a.Values.ToArray().Zip(b.Values.ToArray(), (x, y) => Math.Abs(x - y)).Average();
}
