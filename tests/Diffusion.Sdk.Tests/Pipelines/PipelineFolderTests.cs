using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Tests.Files;
using Diffusion.Sdk.Training;

namespace Diffusion.Sdk.Tests.Pipelines;

/// <summary>Folders of U-Net pipelines, compared with those that diffusers wrote.</summary>
[Collection(GoldenCases.Name)]
public sealed class PipelineFolderTests : TensorTest
{
    // The architecture of the recorded pipelines/ddpm, spelled out.
    private static readonly UNet2DConfig s_config = new()
    {
        SampleSize = 8,
        BlockOutChannels = [4, 8],
        DownBlockTypes = [DownBlockType.DownBlock2D, DownBlockType.AttnDownBlock2D],
        UpBlockTypes = [UpBlockType.AttnUpBlock2D, UpBlockType.UpBlock2D],
        LayersPerBlock = 1,
        NormNumGroups = 4,
        AttentionHeadDim = 4,
    };

    [Fact]
    public void SavePretrained_NewPipeline_HasTheStructureOfTheRecordedFolder()
    {
        GoldenCase golden = GoldenCase.Open("pipelines/ddpm");
        using var folder = new TemporaryFolder();
        using var unet = new UNet2DModel(s_config);
        using var pipeline = new DdpmPipeline(unet, new DdpmScheduler(new DdpmSchedulerConfig()));

        pipeline.SavePretrained(folder.File("saved"));

        PipelineFolders.AssertSame(golden.File(""), folder.File("saved"));
    }

    [Fact]
    public void SavePretrained_AfterTraining_LoadsAndGeneratesTheSameImagesFromTheSameNoise()
    {
        GoldenCase golden = GoldenCase.Open("pipelines/ddpm");
        using var folder = new TemporaryFolder();
        using var unet = new UNet2DModel(s_config, new PhiloxStreams(4));
        var scheduler = new DdpmScheduler(new DdpmSchedulerConfig());
        var options = new TrainingOptions
        {
            Steps = 20, BatchSize = 4, Optimizer = OptimizerKind.AdamW, Ema = [new EmaOptions { Decay = 0.9 }],
        };
        using TrainingResult trained = new DiffusionTrainer(unet, scheduler, options).Run(Pictures());
        var noise = new GenerateOptions { Randomness = new RecordedNoise(golden) };
        Samples expected;
        using (var pipeline = new DdpmPipeline(unet, scheduler))
        {
            pipeline.SavePretrained(folder.File("saved"));
            expected = pipeline.Generate(2, 15, options: noise);
        }

        using DdpmPipeline loaded = DdpmPipeline.FromPretrained(folder.File("saved"));
        Samples actual = loaded.Generate(2, 15, options: noise);

        Assert.Equal(expected.Values.ToArray(), actual.Values.ToArray(), new Close(1e-5f));
        Assert.True(File.Exists(folder.File("saved/unet/training.json"))); // ours alone
        File.Delete(folder.File("saved/unet/training.json"));
        PipelineFolders.AssertSame(golden.File(""), folder.File("saved"));
    }

    private static TrainingData Pictures()
    {
        var values = new float[8 * 3 * 8 * 8];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = MathF.Sin(0.37f * i);
        }
        return TrainingData.FromValues(values, 3, 8, 8);
    }
}
