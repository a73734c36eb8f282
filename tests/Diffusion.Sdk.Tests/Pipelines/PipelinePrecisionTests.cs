using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;

namespace Diffusion.Sdk.Tests.Pipelines;

public sealed class PipelinePrecisionTests : PipelineTest
{
    private readonly MlpDenoiser _mlp;

    public PipelinePrecisionTests() => _mlp = new MlpDenoiser(seed: 1);

    [Fact]
    public void Generate_BFloat16_IsTheExactOneUpToItsRounding()
    {
        Samples exact = Generate(Precision.Full), rounded = Generate(Precision.BFloat16);

        Assert.Equal((Precision.Full, Precision.BFloat16), (exact.Precision, rounded.Precision));
        Assert.Equal(Precision.BFloat16, rounded.Trajectory[0].Precision);
        Assert.Equal(Generate(Precision.BFloat16).Values.ToArray(), rounded.Values.ToArray());
        Assert.NotEqual(exact.Values.ToArray(), rounded.Values.ToArray());
        Assert.Equal(exact.Values.ToArray(), rounded.Values.ToArray(), new Close(0.05f));
    }

    [Fact]
    public async Task GenerateSteps_BFloat16_EndsWithWhatGenerateGives()
    {
        using DdpmPipeline pipeline = New(Precision.BFloat16);
        Samples last = (await pipeline.GenerateStepsAsync(3, 5, 1).LastAsync()).Samples;

        Assert.Equal(pipeline.Generate(3, 5, 1).Values.ToArray(), last.Values.ToArray());
        Assert.Equal(Precision.BFloat16, last.Precision);
    }

    [Fact]
    public void Generate_Auto_MeasuresOnceSaysSoAndRecordsIt()
    {
        var log = new ListLogger();
        using DdpmPipeline pipeline = New(Precision.Auto, log);

        Samples first = pipeline.Generate(3, 5, 1), second = pipeline.Generate(3, 5, 1);

        string line = Assert.Single(log.Lines, line => line.Contains("Precision", StringComparison.Ordinal));
        Assert.Matches(@"^Information: Precision\.Auto takes (Full|BFloat16): a step of a block takes [\d.]+ ms in " +
            @"float32, [\d.]+ ms in bfloat16\.$", line);
        Assert.Contains($"takes {first.Precision}:", line, StringComparison.Ordinal);
        Assert.Equal(first.Precision, second.Precision);
        using DdpmPipeline same = New(first.Precision);
        Assert.Equal(same.Generate(3, 5, 1).Values.ToArray(), first.Values.ToArray());
    }

    [Fact]
    public void Generate_BFloat16OfADenoiserThatMakesNoOther_SaysSo()
    {
        using DdpmPipeline pipeline = NewPipeline(new DdpmPipelineOptions { Precision = Precision.BFloat16 });

        NotSupportedException error = Assert.Throws<NotSupportedException>(() => pipeline.Generate(1, 1));

        Assert.Equal(
            "SmallDenoiser computes in float32 only: its class does not override NewLike.", error.Message);
    }

    [Fact]
    public void Generate_AutoOfADenoiserThatMakesNoOther_IsFullAndSaysWhy()
    {
        var log = new ListLogger();
        using DdpmPipeline pipeline = NewPipeline(new DdpmPipelineOptions { Precision = Precision.Auto, Logger = log });

        Assert.Equal(Precision.Full, pipeline.Generate(1, 1).Precision);
        Assert.Contains(
            "Information: Precision.Auto takes Full: SmallDenoiser computes in float32 only: its class does not " +
            "override NewLike.", log.Lines);
    }

    [Fact]
    public void Constructor_UnknownPrecision_NamesThoseThereAre()
    {
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => New((Precision)7));

        Assert.StartsWith(
            "Precision is 7; expected one of Full, BFloat16, Auto.", error.Message, StringComparison.Ordinal);
    }

    protected override void Dispose(bool disposing)
    {
        _mlp.Dispose();
        base.Dispose(disposing);
    }

    private DdpmPipeline New(Precision precision, ListLogger? log = null) =>
        new(_mlp, new DdpmScheduler(Config), new DdpmPipelineOptions { Precision = precision, Logger = log });

    private Samples Generate(Precision precision)
    {
        using DdpmPipeline pipeline = New(precision);
        return pipeline.Generate(3, 5, 1, new GenerateOptions { TrajectoryEvery = 2 });
    }
}
