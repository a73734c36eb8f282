using System.Reflection;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Files;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Tests.Files;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Pipelines;

public sealed class DdpmPipelinePretrainedTests : PipelineTest
{
    private const string Weights = "pipeline/unet/diffusion_pytorch_model.safetensors";

    private static readonly string[] s_files =
    [
        "pipeline", "pipeline/model_index.json", "pipeline/scheduler", "pipeline/scheduler/scheduler_config.json",
        "pipeline/unet", "pipeline/unet/config.json", Weights,
    ];

    private static readonly string[] s_filesWithRecord = [.. s_files, "pipeline/unet/training.json"];

    private static readonly DenoiserRegistry s_registry = DenoiserRegistry.Default.With(
        "SmallDenoiser", _ => new SmallDenoiser());

    private readonly TemporaryFolder _folder = new();

    private string Target => _folder.File("pipeline");

    protected override void Dispose(bool disposing)
    {
        _folder.Dispose();
        base.Dispose(disposing);
    }

    [Fact]
    public void SavePretrained_ThenFromPretrained_GeneratesTheSameBytes()
    {
        Denoiser.TrainingRecord = Record() with
        {
            Standardization = new([1, 2], [3, 4]), HasEma = true, Weights = WeightsKind.Ema, Steps = 4000,
        };
        using (DdpmPipeline pipeline = NewPipeline())
        {
            pipeline.SavePretrained(Target);

            using DdpmPipeline loaded = DdpmPipeline.FromPretrained(Target, denoisers: s_registry);

            Assert.Equal(
                pipeline.Generate(20, seed: 1).Values.ToArray(), loaded.Generate(20, seed: 1).Values.ToArray());
            Assert.Equal(Config, loaded.Scheduler.Config);
            Assert.Equal([3f, 4f], loaded.Denoiser.TrainingRecord!.Standardization!.Scale);
            Assert.Equal(4000, loaded.Denoiser.TrainingRecord.Steps);
        }
        Assert.Equal(s_filesWithRecord, _folder.Entries);
    }

    [Fact]
    public void SavePretrained_Mlp_NeedsNoRegistry()
    {
        using var mlp = new MlpDenoiser(
            new MlpDenoiserConfig { Width = 8, Depth = 1, TimeWidth = 4, DataDimension = 3 }, seed: 5);
        using var pipeline = new DdpmPipeline(mlp, new DdpmScheduler(Config));

        pipeline.SavePretrained(Target);
        using DdpmPipeline loaded = DdpmPipeline.FromPretrained(Target);

        Assert.Equal(mlp.Config, Assert.IsType<MlpDenoiser>(loaded.Denoiser).Config);
        Assert.Equal(pipeline.Generate(5, 5, 1).Values.ToArray(), loaded.Generate(5, 5, 1).Values.ToArray());
        Assert.Equal(
            """
            {
              "_class_name": "DDPMPipeline",
              "_diffusers_version": "0.27.2",
              "scheduler": [
                "diffusers",
                "DDPMScheduler"
              ],
              "unet": [
                "diffusion_sdk",
                "MlpDenoiser"
              ]
            }

            """, _folder.Read("pipeline/model_index.json"));
    }

    [Fact]
    public void FromPretrained_Pipeline_OwnsItsDenoiser()
    {
        Save();

        DdpmPipeline loaded = DdpmPipeline.FromPretrained(Target, denoisers: s_registry);
        loaded.Dispose();

        Assert.All(loaded.Denoiser.parameters(), parameter => Assert.True(parameter.IsInvalid));
    }

    [Fact]
    public void FromPretrained_Options_ReachThePipeline()
    {
        Denoiser.TrainingRecord = Record() with { HasEma = true };
        Save();

        using DdpmPipeline strict = DdpmPipeline.FromPretrained(Target, denoisers: s_registry);
        using DdpmPipeline loaded = DdpmPipeline.FromPretrained(
            Target, new DdpmPipelineOptions { AllowOnlineWeights = true, DefaultSteps = 3 }, SchedulerCompatibility.Diffusers, s_registry);

        Assert.Throws<InvalidOperationException>(() => strict.Generate(1));
        Assert.Equal(loaded.Generate(2, 3, 1).Values.ToArray(), loaded.Generate(2, seed: 1).Values.ToArray());
        Assert.Equal(SchedulerCompatibility.Diffusers, loaded.Scheduler.Compatibility);
    }

    [Fact]
    public void SavePretrained_OverAnEarlierOne_LeavesNoRecordOfOtherWeights()
    {
        Denoiser.TrainingRecord = Record() with { Standardization = new([1, 2], [3, 4]) };
        Save();
        _folder.Write("pipeline/README.md", "by hand");
        Denoiser.TrainingRecord = null;

        Save();

        using DdpmPipeline loaded = DdpmPipeline.FromPretrained(Target, denoisers: s_registry);
        Assert.Null(loaded.Denoiser.TrainingRecord);
        Assert.Equal("by hand", _folder.Read("pipeline/README.md"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SavePretrained_EveryOperationFailsInTurn_LeavesTheOldFolderOrTheNewWhole(bool exists)
    {
        float before = 0;
        List<FileOperation> failed = FailingDisk.FailEach(
            prepare: () =>
            {
                if (Directory.Exists(Target))
                {
                    Directory.Delete(Target, recursive: true);
                }
                Denoiser.TrainingRecord = Record() with { Steps = 1 };
                if (exists)
                {
                    Save();
                }
                before = FirstWeight();
                SetFirstWeight(before + 1);
                Denoiser.TrainingRecord = Record() with { Steps = 2 };
            },
            work: Save,
            judge: operation =>
            {
                Assert.Equal(Directory.Exists(Target) ? s_filesWithRecord : [], _folder.Entries);
                if (!Directory.Exists(Target))
                {
                    Assert.False(exists);
                    return;
                }
                using DdpmPipeline loaded = DdpmPipeline.FromPretrained(Target, denoisers: s_registry);
                bool isNew = loaded.Denoiser.TrainingRecord!.Steps == 2;
                Assert.Equal(isNew ? before + 1 : before, loaded.Denoiser.parameters().First().data<float>()[0, 0]);
                Assert.True(!isNew || operation == FileOperation.FlushFolder);
            });

        Assert.Equal(5, failed.Count(operation => operation == FileOperation.CreateFile));
        Assert.Equal(5, failed.Count(operation => operation == FileOperation.Write));
    }

    [Fact]
    public void SavePretrained_Disposed_IsRefused()
    {
        DdpmPipeline pipeline = NewPipeline();
        pipeline.Dispose();

        Assert.Throws<ObjectDisposedException>(() => pipeline.SavePretrained(Target));
        Assert.False(Directory.Exists(Target));
    }

    private void Save()
    {
        using DdpmPipeline pipeline = NewPipeline();
        pipeline.SavePretrained(Target);
    }

    private float FirstWeight() => Denoiser.parameters().First().data<float>()[0, 0];

    private void SetFirstWeight(float value)
    {
        using IDisposable guard = no_grad();
        using Tensor first = Denoiser.parameters().First().view(-1);
        using Tensor one = first.narrow(0, 0, 1);
        one.fill_((TorchSharp.Scalar)value);
    }
}
