using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Pipelines;

/// <summary>The recorded runs of diffusers' pipelines: their folders loaded, their noise used.</summary>
[Collection(GoldenCases.Name)]
public sealed class PipelineGoldenTests : TensorTest
{
    [Fact]
    public void Generate_RecordedDdpm_GivesTheRecordedSamplesAndImages()
    {
        GoldenCase golden = GoldenCase.Open("pipelines/ddpm");
        using DdpmPipeline pipeline = DdpmPipeline.FromPretrained(
            golden.File(""), compatibility: SchedulerCompatibility.Diffusers);

        CheckRun(golden, pipeline, new GenerateOptions());
    }

    [Fact]
    public void Generate_RecordedNoise_IsTheSameInBlocksOfOne()
    {
        GoldenCase golden = GoldenCase.Open("pipelines/ddpm");
        using DdpmPipeline pipeline = DdpmPipeline.FromPretrained(
            golden.File(""), compatibility: SchedulerCompatibility.Diffusers);

        CheckRun(golden, pipeline, new GenerateOptions { BlockSize = 1 });
    }

    private static void CheckRun(GoldenCase golden, DdpmPipeline pipeline, GenerateOptions options)
    {
        int steps = golden.Json.GetProperty("num_steps").GetInt32();

        Samples samples = pipeline.Generate(
            2, steps, options: options with { Randomness = new RecordedNoise(golden), TrajectoryEvery = 1 });

        Assert.Equal(steps + 1, samples.Trajectory.Count);
        for (int k = 0; k < steps; k++)
        {
            golden.AssertClose("sample", samples.Trajectory[k + 1].Values.Span, k, freeRunning: true);
        }
        golden.AssertClose("final_sample", samples.Values.Span, freeRunning: true);
        golden.AssertClose("images", Images(samples));
        long[] bytes = golden.Integers("images_uint8"); // recorded tolerance: 1
        Assert.All(bytes.Zip(Bytes(samples)), pair => Assert.InRange(pair.Second, pair.First - 1, pair.First + 1));
    }

    // [N, H, W, C] in [0, 1], as diffusers returns images.
    private static Tensor Images(Samples samples) =>
        tensor(samples.Values.ToArray(), [.. samples.Shape.Select(size => (long)size)])
            .div(2).add(0.5).clamp(0, 1).permute(0, 2, 3, 1);

    private static long[] Bytes(Samples samples) =>
        [.. samples.ToImages().SelectMany(image => image.Pixels.ToArray()).Select(value => (long)value)];
}
