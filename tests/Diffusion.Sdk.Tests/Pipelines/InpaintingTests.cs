using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Pipelines;

/// <summary>A part of the samples is given, the rest is made to fit.</summary>
public sealed class InpaintingTests : PipelineTest
{
    private static readonly Samples s_original = new([1 / 3f, -1.3f], [1, 2]);

    private static readonly Dictionary<string, Scheduler> s_samplers = new()
    {
        ["DDPM"] = new DdpmScheduler(Config),
        ["DDPM of diffusers, trailing"] = new DdpmScheduler(
            Config with { TimestepSpacing = TimestepSpacing.Trailing }, SchedulerCompatibility.Diffusers),
        ["DDIM that ends with noise"] = new DdimScheduler(
            new DdimSchedulerConfig { NumTrainTimesteps = T, SetAlphaToOne = false, ClipSample = false }),
        ["DDIM clipped, with noise"] = new DdimScheduler(new DdimSchedulerConfig { NumTrainTimesteps = T }) { Eta = 1 },
    };

    public static TheoryData<string> Samplers => new(s_samplers.Keys);

    [Theory, MemberData(nameof(Samplers))]
    public void Generate_KnownPart_IsTheOriginalValueForValue(string sampler)
    {
        Denoiser.TrainingRecord = Record() with { Standardization = new([10, -20], [3, 0.3f]) };
        using var pipeline = new DdpmPipeline(Denoiser, s_samplers[sampler]);
        var options = new GenerateOptions { Original = s_original, Known = [true, false], BlockSize = 3 };

        foreach (int resamples in (int[])[1, 3])
        {
            Samples samples = pipeline.Generate(7, 6, 3, options with { Resamples = resamples, TrajectoryEvery = 6 });

            Assert.All(Column(samples, 0), value => Assert.Equal(1 / 3f, value));
            Assert.DoesNotContain(s_original.Values.Span[1], Column(samples, 1)); // that is not known
            Assert.Equal(samples.Values.ToArray(), samples.Trajectory[^1].Values.ToArray());
        }
    }

    [Theory]
    [InlineData(4)] // a mask of pixels, alike in all channels
    [InlineData(12)]
    public void Generate_KnownPixels_AreKeptInAllChannels(int length)
    {
        using var denoiser = new SmallDenoiser(1, 3, 2, 2);
        using var pipeline = new DdpmPipeline(denoiser, new DdpmScheduler(Config));
        float[] values = [.. Enumerable.Range(0, 12).Select(i => i / 12f)];
        bool[] known = [.. Enumerable.Range(0, length).Select(i => i % 4 is 1 or 2)];

        Samples samples = pipeline.Generate(
            3, 5, 3, new GenerateOptions { Original = new Samples(values, [1, 3, 2, 2]), Known = known });

        for (int i = 0; i < 36; i++)
        {
            bool kept = i % 12 % 4 is 1 or 2;
            Assert.Equal(kept, samples.Values.Span[i] == values[i % 12]);
        }
    }

    [Fact]
    public void Generate_KnownPart_IsNoisedAfterEachStepAsTheStepsResultIs()
    {
        using DdpmPipeline pipeline = NewPipeline();
        var options = new GenerateOptions
        {
            Original = s_original, Known = [true, false], BlockSize = 2, Resamples = 2,
        };

        float[] actual = pipeline.Generate(5, 8, 3, options).Values.ToArray();

        Assert.Equal(ByHand(5, 8, passes: 2), actual, new Close(1e-5f));
    }

    [Fact]
    public void Generate_AllKnown_IsTheOriginalAndNoneKnownIsPlainGeneration()
    {
        using DdpmPipeline pipeline = NewPipeline();
        var options = new GenerateOptions { Original = s_original, Known = [true, true] };

        Assert.Equal([1 / 3f, -1.3f, 1 / 3f, -1.3f], pipeline.Generate(2, 8, 3, options).Values.ToArray());
        Assert.Equal(
            pipeline.Generate(2, 8, 3).Values.ToArray(),
            pipeline.Generate(2, 8, 3, options with { Known = [false, false] }).Values.ToArray());
    }

    [Theory]
    [InlineData(false, 0.05)]
    [InlineData(true, 0.1)] // its noise is DDPM's small variance, which falls short in any generation of 100 steps
    public void Generate_KnownCoordinate_TheOtherFollowsTheConditionalDistribution(bool ddim, double slack)
    {
        // Of N(0, [[1, r], [r, 1]]) with x known, y is N(r x, 1 - r^2). One pass falls short of it, as the paper says:
        // the step does not know what will be put into its result. More passes mend that.
        const double r = 0.8, x = 1.5;
        var config = new DdpmSchedulerConfig { ClipSample = false, VarianceType = VarianceType.FixedLarge };
        var scheduler = new DdpmScheduler(config);
        using var denoiser = new GaussianDenoiser(scheduler, r);
        using var pipeline = new DdpmPipeline(
            denoiser, ddim ? new DdimScheduler(DdimScheduler.FromConfig(config).Config) { Eta = 1 } : scheduler);
        var options = new GenerateOptions { Original = new Samples([(float)x, 0], [1, 2]), Known = [true, false] };
        float[][] filled = [.. new[] { 1, 2, 10 }.Select(resamples =>
            Column(pipeline.Generate(2000, 100, 3, options with { Resamples = resamples }), 1))];

        double[] means = [.. filled.Select(values => (double)values.Average())];
        double variance = filled[^1].Average(value => (value - means[^1]) * (value - means[^1]));

        Assert.Equal(means.Order(), means);
        Assert.InRange(means[0], 0.5 * r * x, 0.75 * r * x);
        Assert.Equal(r * x, means[^1], 0.08);
        Assert.Equal(1 - r * r, variance, slack);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Generate_AllControlsAtOnce_DoNotDependOnTheBatch(bool ddim)
    {
        using var denoiser = new ClassDenoiser(4) { TrainingRecord = Record() with { NullLabel = 3 } };
        using var pipeline = new DdpmPipeline(
            denoiser, ddim ? DdimScheduler.FromConfig(Config) : new DdpmScheduler(Config));
        float[] values = [.. Enumerable.Range(0, 40).Select(i => MathF.Sin(i))];
        long[] labels = [.. Enumerable.Range(0, 20).Select(i => i % 3L)];
        var options = new GenerateOptions
        {
            GuidanceScale = 2.5, Strength = 0.7, Known = [false, true], Resamples = 2, FixedBlocks = true,
            BlockSize = 8, Eta = ddim ? 0.5 : null,
        };

        float[] Run(int count, GenerateOptions more) => pipeline.Generate(count, 10, 3, more with
        {
            Labels = labels[..count],
            Original = new Samples(values[..(2 * count)], [count, 2]),
        }).Values.ToArray();

        float[] many = Run(20, options);
        Assert.Equal(many[..14], Run(7, options));
        Assert.Equal(many[..14], Run(7, options with { OnStep = _ => { } }));
        Assert.Equal(many, Run(20, options with { FixedBlocks = false, BlockSize = 3 }), new Close(1e-5f));
        Assert.Equal(values.Where((_, i) => i % 2 == 1), many.Where((_, i) => i % 2 == 1));
    }

    private static float[] Column(Samples samples, int column) =>
        [.. samples.Values.ToArray().Where((_, i) => i % 2 == column)];

    /// <summary>RePaint's algorithm 1 with jumps of one step, all samples at once.</summary>
    private float[] ByHand(int count, int steps, int passes)
    {
        Denoiser.eval();
        var scheduler = new DdpmScheduler(Config);
        scheduler.SetTimesteps(steps);
        using IDisposable guard = no_grad();
        using var scope = NewDisposeScope();
        var streams = new PhiloxStreams(3);
        Tensor Noise(RandomPurpose purpose, long step) => streams.Normal(purpose, 0, [count, 2], step);
        Tensor original = tensor(s_original.Values.ToArray(), [1, 2]).expand(count, 2);
        Tensor mask = tensor(new float[] { 1, 0 });
        Tensor sample = Noise(RandomPurpose.InitialNoise, 0);
        for (int i = 0; i < steps; i++)
        {
            bool last = i == steps - 1;
            for (int pass = 0; pass < (last ? 1 : passes); pass++)
            {
                long timestep = scheduler.Timesteps[i], address = pass * T + i;
                Tensor output = Denoiser.call(sample, full([count], timestep, ScalarType.Int64), null);
                Tensor stepNoise = Noise(RandomPurpose.StepNoise, address);
                Tensor knownNoise = Noise(RandomPurpose.KnownNoise, address);
                Tensor made = scheduler.Step(output, timestep, sample, stepNoise).PrevSample;
                Tensor kept = last ? original : scheduler.AddNoise(original, knownNoise, [scheduler.Timesteps[i + 1]]);
                sample = kept * mask + made * (1 - mask);
                if (!last && pass < passes - 1)
                {
                    double alpha = (double)scheduler.AlphasCumprod[(int)timestep]
                        / scheduler.AlphasCumprod[(int)scheduler.Timesteps[i + 1]];
                    sample = sample * Math.Sqrt(alpha)
                        + Noise(RandomPurpose.ResampleNoise, address) * Math.Sqrt(1 - alpha);
                }
            }
        }
        return sample.data<float>().ToArray();
    }
}
