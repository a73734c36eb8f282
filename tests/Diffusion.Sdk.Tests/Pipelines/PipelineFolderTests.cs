using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Files;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Tests.Files;
using Diffusion.Sdk.Training;
using static TorchSharp.torch;

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

    [Fact]
    public void SavePretrained_HalfPrecision_IsHalfAsLargeAndNearlyTheSame()
    {
        using var folder = new TemporaryFolder();
        using var unet = new UNet2DModel(s_config, new PhiloxStreams(4));
        using var pipeline = new DdpmPipeline(unet, new DdpmScheduler(new DdpmSchedulerConfig()));

        pipeline.SavePretrained(folder.File("full"));
        pipeline.SavePretrained(folder.File("half"), halfPrecision: true);

        const string weights = "unet/diffusion_pytorch_model.safetensors";
        using (var file = SafetensorsFile.Open(folder.File("half/" + weights)))
        {
            Assert.All(file.Entries, entry => Assert.Equal(SafetensorsType.F16, entry.Type));
        }
        using DdpmPipeline loaded = DdpmPipeline.FromPretrained(folder.File("half"));
        foreach ((string key, Tensor weight) in loaded.Denoiser.state_dict())
        {
            using var scope = NewDisposeScope();
            Assert.Equal(ScalarType.Float32, weight.dtype);
            Tensor difference = (weight - unet.state_dict()[key]).abs() - weight.abs() * 0.0005;
            Assert.True(difference.max().item<float>() <= 1e-7, key);
        }
        Assert.Equal(
            pipeline.Generate(2, 5, seed: 1).Values.ToArray(), loaded.Generate(2, 5, seed: 1).Values.ToArray(),
            new Close(0.05f));
    }

    [Fact]
    public void SavePretrained_HalfPrecisionOfALargeWeight_SaysWhichAndLeavesNothing()
    {
        using var folder = new TemporaryFolder();
        using var unet = new UNet2DModel(s_config, new PhiloxStreams(4));
        using (no_grad())
        {
            unet.state_dict()["conv_in.bias"].fill_(1e6f);
        }
        using var pipeline = new DdpmPipeline(unet, new DdpmScheduler(new DdpmSchedulerConfig()));

        var error = Assert.Throws<InvalidOperationException>(
            () => pipeline.SavePretrained(folder.File("half"), halfPrecision: true));

        Assert.StartsWith("\"conv_in.bias\" has a weight", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("half")));
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
