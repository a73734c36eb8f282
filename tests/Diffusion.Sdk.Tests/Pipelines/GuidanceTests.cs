using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Pipelines;

/// <summary>Class labels and classifier-free guidance, against the formula written out.</summary>
public sealed class GuidanceTests : PipelineTest
{
    private const int NullLabel = 3;

    private static readonly GenerateOptions s_blocks = new() { BlockSize = 4 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Generate_LabelOfEachSample_ConditionsEachSample(bool ddim)
    {
        using ClassDenoiser denoiser = NewDenoiser();
        using DdpmPipeline pipeline = NewPipeline(denoiser, ddim);
        long[] labels = [0, 1, 2, 0, 1, 2, 1];

        float[] actual = Values(pipeline.Generate(7, 5, 3, s_blocks with { Labels = labels }));

        Assert.Equal(ByHand(pipeline.Scheduler, denoiser, labels, 1, 5), actual, new Close(1e-5f));
        Assert.NotEqual(actual, Values(pipeline.Generate(7, 5, 3, s_blocks with { Labels = [0] })));
    }

    [Fact]
    public void Generate_OneLabel_IsForAllSamples()
    {
        using ClassDenoiser denoiser = NewDenoiser();
        using DdpmPipeline pipeline = NewPipeline(denoiser);

        Assert.Equal(
            Values(pipeline.Generate(5, 4, 3, s_blocks with { Labels = [2, 2, 2, 2, 2] })),
            Values(pipeline.Generate(5, 4, 3, s_blocks with { Labels = [2] })));
    }

    [Theory]
    [InlineData(0.5, false)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public void Generate_GuidanceScale_GoesThatFarFromNoClassToTheClass(double scale, bool ddim)
    {
        using ClassDenoiser denoiser = NewDenoiser();
        using DdpmPipeline pipeline = NewPipeline(denoiser, ddim);
        long[] labels = [0, 1, 2, 0, 1];

        float[] actual = Values(pipeline.Generate(5, 5, 3, s_blocks with { Labels = labels, GuidanceScale = scale }));

        Assert.Equal(ByHand(pipeline.Scheduler, denoiser, labels, scale, 5), actual, new Close(2e-5f));
    }

    [Fact]
    public void Generate_LearnedVariance_IsThatOfTheClass()
    {
        using var denoiser = new ClassDenoiser(4, outputFactor: 2) { TrainingRecord = Trained };
        var scheduler = new DdpmScheduler(Config with { VarianceType = VarianceType.LearnedRange });
        using var pipeline = new DdpmPipeline(denoiser, scheduler);
        long[] labels = [0, 1, 2];

        float[] actual = Values(pipeline.Generate(3, 5, 3, new GenerateOptions { Labels = labels, GuidanceScale = 2 }));

        Assert.Equal(ByHand(scheduler, denoiser, labels, 2, 5), actual, new Close(2e-5f));
    }

    [Theory]
    [InlineData(null, 1, "3 3")]
    [InlineData(1L, 0, "3 3")]
    [InlineData(1L, 1, "1 1")]
    [InlineData(1L, 2, "1 1, 3 3")]
    public void Generate_AnyScale_AsksAsOftenAsItNeeds(long? label, double scale, string expected)
    {
        using ClassDenoiser denoiser = NewDenoiser();
        using DdpmPipeline pipeline = NewPipeline(denoiser);
        IReadOnlyList<long>? labels = label is { } given ? [given] : null;

        pipeline.Generate(2, 1, 3, new GenerateOptions { Labels = labels, GuidanceScale = scale });

        Assert.Equal(expected, string.Join(", ", denoiser.Asked));
    }

    [Fact]
    public void Generate_NullLabelOfTheCall_GoesBeforeTheTrainings()
    {
        using ClassDenoiser denoiser = NewDenoiser();
        using DdpmPipeline pipeline = NewPipeline(denoiser);

        pipeline.Generate(1, 1, 3, new GenerateOptions { NullLabel = 2 });

        Assert.Equal(["2"], denoiser.Asked);
    }

    [Fact]
    public void Generate_NoClasses_AsksWithoutLabels()
    {
        using var denoiser = new ClassDenoiser(null);
        using DdpmPipeline pipeline = NewPipeline(denoiser);

        pipeline.Generate(1, 1, 3);

        Assert.Equal(["none"], denoiser.Asked);
    }

    [Fact]
    public void Generate_FewerSamples_AreTheFirstOfMore()
    {
        using ClassDenoiser denoiser = NewDenoiser();
        using DdpmPipeline pipeline = NewPipeline(denoiser);
        var options = new GenerateOptions { FixedBlocks = true, BlockSize = 8, GuidanceScale = 2 };
        long[] labels = [.. Enumerable.Range(0, 20).Select(i => i % 3L)];

        float[] few = Values(pipeline.Generate(5, 6, 3, options with { Labels = labels[..5] }));
        float[] many = Values(pipeline.Generate(20, 6, 3, options with { Labels = labels }));

        Assert.Equal(many[..few.Length], few);
    }

    [Fact]
    public void Generate_LabelsChangedLater_TheRequestStays()
    {
        var labels = new List<long> { 1, 2 };
        var options = new GenerateOptions { Labels = labels };
        labels[0] = 7;

        Assert.Equal([1, 2], options.Labels!);
    }

    private static TrainingRecord Trained => Record() with { NullLabel = NullLabel };

    private static ClassDenoiser NewDenoiser() => new(4) { TrainingRecord = Trained };

    private static DdpmPipeline NewPipeline(Denoiser denoiser, bool ddim = false) =>
        new(denoiser, ddim ? DdimScheduler.FromConfig(Config) : new DdpmScheduler(Config));

    private static float[] Values(Samples samples) => samples.Values.ToArray();

    /// <summary>u + scale (c - u) for all samples at once, with the scheduler's public steps.</summary>
    private static float[] ByHand(Scheduler template, ClassDenoiser denoiser, long[] labels, double scale, int steps)
    {
        Scheduler scheduler = template.Fresh();
        scheduler.SetTimesteps(steps);
        int count = labels.Length;
        using IDisposable guard = no_grad();
        using var scope = NewDisposeScope();
        var streams = new PhiloxStreams(3);
        Tensor sample = streams.Normal(RandomPurpose.InitialNoise, 0, [count, 2], 0);
        for (int i = 0; i < steps; i++)
        {
            Tensor time = full([count], scheduler.Timesteps[i], ScalarType.Int64);
            Tensor c = denoiser.call(sample, time, tensor(labels));
            Tensor u = denoiser.call(sample, time, full([count], (long)NullLabel, ScalarType.Int64));
            Tensor mean = u.narrow(1, 0, 2) + (c.narrow(1, 0, 2) - u.narrow(1, 0, 2)) * scale;
            Tensor output = c.shape[1] == 2 ? mean : cat([mean, c.narrow(1, 2, 2)], 1);
            Tensor noise = streams.Normal(RandomPurpose.StepNoise, 0, [count, 2], i);
            sample = scheduler.Step(output, scheduler.Timesteps[i], sample, noise).PrevSample;
        }
        return sample.data<float>().ToArray();
    }
}
