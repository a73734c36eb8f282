using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Pipelines;

/// <summary>The pipeline over a run that reuses its buffers and folds time into its first layer.</summary>
public sealed class MlpPipelineTests : PipelineTest
{
    private readonly MlpDenoiser _mlp;
    private readonly DdpmPipeline _pipeline;

    // Not in initializers: those run before the base counts the tensors.
    public MlpPipelineTests()
    {
        _mlp = new MlpDenoiser(new MlpDenoiserConfig { NumTrainTimesteps = T }, seed: 3);
        _pipeline = new DdpmPipeline(_mlp, new DdpmScheduler(Config), new DdpmPipelineOptions { OwnsDenoiser = true });
    }

    protected override void Dispose(bool disposing)
    {
        _pipeline.Dispose();
        base.Dispose(disposing);
    }

    [Theory]
    [InlineData(false, 1e-4f)]
    [InlineData(true, 0f)]
    public void Generate_FewerSamples_AreTheFirstOfMore(bool fixedBlocks, float tolerance)
    {
        var options = new GenerateOptions { FixedBlocks = fixedBlocks };

        float[] few = _pipeline.Generate(64, seed: 11, options: options).Values.ToArray();
        float[] many = _pipeline.Generate(256, seed: 11, options: options).Values.ToArray();
        float[] blocks = _pipeline.Generate(1500, steps: T, seed: 11, options: options).Values.ToArray();

        Assert.Equal(many[..few.Length], few, new Close(tolerance));
        Assert.Equal(blocks[..many.Length], many, new Close(tolerance));
    }

    [Fact]
    public void Generate_SixteenThreadsAtOnce_GivesTheBytesOfOneAfterTheOther()
    {
        float[][] expected = [.. Enumerable.Range(0, 16).Select(
            seed => _pipeline.Generate(300, seed: seed).Values.ToArray())];
        float[][] actual = new float[16][];

        Thread[] threads = [.. Enumerable.Range(0, 16).Select(
            seed => new Thread(() => actual[seed] = _pipeline.Generate(300, seed: seed).Values.ToArray()))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Equal(expected, actual);
    }

    [Fact]
    public async Task GenerateStepsAsync_BlocksOfOtherSizes_EndWithTheSamplesOfGenerate()
    {
        var options = new GenerateOptions { BlockSize = 30 };

        DenoisingStep last = await _pipeline.GenerateStepsAsync(70, 10, 2, options).LastAsync();

        Assert.Equal(_pipeline.Generate(70, 10, 2, options).Values.ToArray(), last.Samples.Values.ToArray());
    }

    [Fact]
    public void Generate_TenThousandSteps_LeavesTheTensorsThatWere()
    {
        var config = new DdpmSchedulerConfig { ClipSample = false };
        using var pipeline = new DdpmPipeline(_mlp, new DdpmScheduler(config));
        long before = Tensor.TotalCount;

        for (int run = 0; run < 10; run++)
        {
            pipeline.Generate(2, seed: run);
        }

        Assert.Equal(before, Tensor.TotalCount);
    }
}
