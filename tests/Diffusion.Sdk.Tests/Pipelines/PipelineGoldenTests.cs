using System.Text.Json;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Tests.Files;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Pipelines;

/// <summary>The recorded runs of diffusers' pipelines: their folders loaded, their noise used.</summary>
[Collection(GoldenCases.Name)]
public sealed class PipelineGoldenTests : TensorTest
{
    public static TheoryData<string> Cases => GoldenCase.Rows("pipelines");

    [Theory, MemberData(nameof(Cases))]
    public void Generate_RecordedNoise_GivesTheRecordedSamplesAndImages(string path) =>
        CheckRun(GoldenCase.Open(path), new GenerateOptions());

    [Theory, MemberData(nameof(Cases))]
    public void Generate_RecordedNoiseInBlocksOfOne_GivesThemToo(string path) =>
        CheckRun(GoldenCase.Open(path), new GenerateOptions { BlockSize = 1 });

    [Theory, MemberData(nameof(Cases))]
    public void Predict_InitialNoise_IsTheRecordedFirstOutput(string path)
    {
        GoldenCase golden = GoldenCase.Open(path);
        using DdpmPipeline pipeline = Load(golden);

        using DenoiserRun run = pipeline.Denoiser.BeginSampling(golden.Integers("timesteps"));

        golden.AssertClose("first_model_output", run.Predict(0, golden.Tensor("initial_noise")));
    }

    [Theory, MemberData(nameof(Cases))]
    public void SavePretrained_RecordedFolder_IsTheSameByteForByte(string path)
    {
        GoldenCase golden = GoldenCase.Open(path);
        using var folder = new TemporaryFolder();
        using (DdpmPipeline pipeline = Load(golden))
        {
            pipeline.SavePretrained(folder.File("again"));
        }

        PipelineFolders.AssertSame(golden.File(""), folder.File("again"), bytes: true);
    }

    private static DdpmPipeline Load(GoldenCase golden) => DdpmPipeline.FromPretrained(
        golden.File(""), compatibility: SchedulerCompatibility.Diffusers);

    private static void CheckRun(GoldenCase golden, GenerateOptions options)
    {
        using DdpmPipeline pipeline = Load(golden);
        JsonElement call = golden.Json.GetProperty("call");
        options = options with
        {
            Randomness = new RecordedNoise(golden),
            TrajectoryEvery = 1,
            Eta = call.TryGetProperty("eta", out JsonElement eta) ? eta.GetDouble() : null,
            UseClippedModelOutput = call.TryGetProperty("use_clipped_model_output", out JsonElement clipped)
                ? clipped.GetBoolean()
                : null,
        };
        int steps = golden.Json.GetProperty("num_steps").GetInt32();

        Samples samples = pipeline.Generate(2, steps, options: options);

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
