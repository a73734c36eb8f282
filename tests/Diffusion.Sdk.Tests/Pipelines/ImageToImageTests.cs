using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Pipelines;

/// <summary>Generation from a noised start: what its two ends are, and the way between.</summary>
public sealed class ImageToImageTests : PipelineTest
{
    private static readonly Samples s_one = new([0.7f, -1.3f], [1, 2]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Generate_StrengthOne_IsPlainGeneration(bool ddim)
    {
        using DdpmPipeline pipeline = NewPipeline(ddim);

        Assert.Equal(
            Values(pipeline.Generate(9, 7, 3)),
            Values(pipeline.Generate(9, 7, 3, new GenerateOptions { Original = s_one })));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.09)] // less than one of ten steps
    public void Generate_StrengthZero_GivesTheOriginalBackValueForValue(double strength)
    {
        Denoiser.TrainingRecord = Record() with { Standardization = new([10, -20], [3, 0.3f]) };
        Denoiser.OnForward = () => throw new InvalidOperationException("No step is made.");
        using DdpmPipeline pipeline = NewPipeline();
        float[] values = [.. Enumerable.Range(0, 10).Select(i => 0.1f * i + 1 / 3f)];
        var options = new GenerateOptions { Original = new Samples(values, [5, 2]), Strength = strength };

        Assert.Equal(values, Values(pipeline.Generate(5, 10, 3, options)));
        options = options with { OnStep = _ => { }, TrajectoryEvery = 1 };
        Assert.Equal(values, Values(pipeline.Generate(5, 10, 3, options)));
    }

    [Fact]
    public void Generate_StrengthTowardsZero_ComesNearTheOriginal()
    {
        // The best denoiser there is, so that the distance is that of what was forgotten.
        var scheduler = new DdpmScheduler(new DdpmSchedulerConfig { ClipSample = false });
        using var denoiser = new GaussianDenoiser(scheduler, 0.5);
        using var pipeline = new DdpmPipeline(denoiser, DdimScheduler.FromConfig(scheduler.Config));
        double Distance(double strength)
        {
            var options = new GenerateOptions { Original = s_one, Strength = strength };
            float[] values = Values(pipeline.Generate(500, 100, 3, options));
            return values.Select((value, i) => Math.Abs(value - s_one.Values.Span[i % 2])).Average();
        }

        double[] distances = [.. new[] { 0.01, 0.1, 0.3, 0.6, 1 }.Select(Distance)];

        Assert.Equal(distances.Order(), distances);
        Assert.InRange(distances[0], 0, 0.03);
        Assert.InRange(distances[^1], 0.8, 2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Generate_SomeStrength_NoisesTheOriginalAndMakesTheLastSteps(bool ddim)
    {
        using DdpmPipeline pipeline = NewPipeline(ddim);
        var options = new GenerateOptions { Original = s_one, Strength = 0.4, BlockSize = 2, Eta = ddim ? 0.5 : null };

        float[] actual = Values(pipeline.Generate(5, 10, 3, options));

        Scheduler scheduler = ddim
            ? new DdimScheduler(DdimScheduler.FromConfig(Config).Config) { Eta = 0.5 }
            : new DdpmScheduler(Config);
        Assert.Equal(ByHand(scheduler, 5, 10, firstStep: 6), actual, new Close(1e-5f));
    }

    [Fact]
    public async Task GenerateStepsAsync_SomeStrength_ShowsTheStepsThatAreMade()
    {
        using DdpmPipeline pipeline = NewPipeline();
        var options = new GenerateOptions { Original = s_one, Strength = 0.3, TrajectoryEvery = 1 };

        List<DenoisingStep> steps = await pipeline.GenerateStepsAsync(2, 10, 3, options).ToListAsync();
        Samples samples = pipeline.Generate(2, 10, 3, options);

        Assert.Equal([8, 4, 0], steps.Select(step => step.Timestep));
        Assert.Equal([(0, 3), (1, 3), (2, 3)], steps.Select(step => (step.Index, step.Count)));
        Assert.Equal(4, samples.Trajectory.Count);
        Assert.Equal(Values(steps[0].Samples), Values(samples.Trajectory[1]));
        Assert.Equal(Values(steps[^1].Samples), Values(samples));
    }

    [Theory]
    [InlineData(40, 0.58, 23)]
    [InlineData(40, 0.575, 23)] // 23 exactly, though not in binary
    [InlineData(10, 0.99, 9)]
    [InlineData(3, 0.5, 1)]
    public void Generate_SomeStrength_MakesTheWholeStepsThatFit(int steps, double strength, int expected)
    {
        using DdpmPipeline pipeline = NewPipeline();
        int made = 0;
        Denoiser.OnForward = () => made++;

        pipeline.Generate(1, steps, 3, new GenerateOptions { Original = s_one, Strength = strength });

        Assert.Equal(expected, made);
    }

    [Fact]
    public void Generate_OriginalOfEachSample_StartsEachFromItsOwn()
    {
        using DdpmPipeline pipeline = NewPipeline();
        var each = new Samples([.. Enumerable.Range(0, 10).Select(i => (float)i)], [5, 2]);
        var options = new GenerateOptions { Original = each, Strength = 0.5, BlockSize = 2 };

        float[] actual = Values(pipeline.Generate(5, 10, 3, options));

        var last = new Samples([8, 9], [1, 2]);
        float[] ofLast = Values(pipeline.Generate(5, 10, 3, options with { Original = last }));
        Assert.Equal(ofLast[8..], actual[8..], new Close(1e-5f));
        Assert.NotEqual(ofLast[..2], actual[..2], new Close(1e-2f));
    }

    [Fact]
    public void Generate_InitialNoise_TakesThePlaceOfTheSeeds()
    {
        using DdpmPipeline pipeline = NewPipeline(ddim: true);
        var noise = new float[10];
        new PhiloxStreams(77).Normal(RandomPurpose.InitialNoise, 0, 5, 0, noise);
        var options = new GenerateOptions { InitialNoise = new Samples(noise, [5, 2]) };

        Assert.Equal(Values(pipeline.Generate(5, 10, 77)), Values(pipeline.Generate(5, 10, 3, options)));
        Assert.Equal(
            Values(pipeline.Generate(5, 10, 77, new GenerateOptions { Original = s_one, Strength = 0.5 })),
            Values(pipeline.Generate(5, 10, 3, options with { Original = s_one, Strength = 0.5 })));
    }

    private DdpmPipeline NewPipeline(bool ddim = false) =>
        new(Denoiser, ddim ? DdimScheduler.FromConfig(Config) : new DdpmScheduler(Config));

    private static float[] Values(Samples samples) => samples.Values.ToArray();

    private float[] ByHand(Scheduler scheduler, int count, int steps, int firstStep)
    {
        Denoiser.eval();
        scheduler.SetTimesteps(steps);
        using IDisposable guard = no_grad();
        using var scope = NewDisposeScope();
        var streams = new PhiloxStreams(3);
        Tensor start = tensor(s_one.Values.ToArray(), [1, 2]).expand(count, 2);
        Tensor noise = streams.Normal(RandomPurpose.InitialNoise, 0, [count, 2], 0);
        Tensor sample = scheduler.AddNoise(start, noise, [scheduler.Timesteps[firstStep]]);
        for (int i = firstStep; i < steps; i++)
        {
            long timestep = scheduler.Timesteps[i];
            Tensor output = Denoiser.call(sample, full([count], timestep, ScalarType.Int64), null);
            noise = streams.Normal(RandomPurpose.StepNoise, 0, [count, 2], i);
            sample = scheduler.Step(output, timestep, sample, noise).PrevSample;
        }
        return sample.data<float>().ToArray();
    }
}
