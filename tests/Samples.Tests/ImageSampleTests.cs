using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Testing;
using Diffusion.Sdk.Tests;
using Diffusion.Sdk.Training;
using SampleKit;

namespace Samples.Tests;

/// <summary>A sample of images at a size that takes seconds, on files that the test writes.</summary>
public sealed class ImageSampleTests : TensorTest, IDisposable
{
    private static readonly ImageSample s_sample = Blocks.Sample with
    {
        Noise = new DdpmSchedulerConfig { NumTrainTimesteps = 10 },
        LessonLosses = new Dictionary<long, double> { [2] = 0.5 },
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("samples-").FullName;

    public ImageSampleTests() => Blocks.Write(_folder, train: 100);

    [Fact]
    public void Run_TinyData_TrainsDrawsMeasuresAndSaves()
    {
        Run("whole", "--steps", "24", "--metrics", "8");

        Assert.Equal(
            [
                "checkpoints", "generated.png", "log.txt", "loss.png", "pipeline", "real.png",
            ],
            Directory.GetFileSystemEntries(Out("whole")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(
            Directory.GetFiles(Out("whole"), "*.png"),
            picture => Assert.True(PngReader.Read(File.ReadAllBytes(picture)).Width > 100));
        string log = File.ReadAllText(Path.Combine(Out("whole"), "log.txt"));
        Assert.Contains("Training from the start.", log);
        Assert.Contains("epoch   2: loss ", log);
        Assert.Contains("(the lesson's: 0.500)", log);
        Assert.Contains("Fréchet distance", log);
        using var pipeline = DdpmPipeline.FromPretrained(Path.Combine(Out("whole"), "pipeline"));
        Assert.Equal([2, 1, Blocks.Side, Blocks.Side], pipeline.Generate(2, seed: 0).Shape);
    }

    [Fact]
    public void Run_SecondCall_GoesOnToTheSameEnd()
    {
        Run("straight", "--steps", "10", "--metrics", "0");
        Run("twice", "--steps", "6", "--metrics", "0");
        Run("twice", "--steps", "10", "--metrics", "0");

        Assert.Contains("Going on from the last checkpoint", File.ReadAllText(Path.Combine(Out("twice"), "log.txt")));
        const string Weights = "pipeline/unet/diffusion_pytorch_model.safetensors";
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(Out("straight"), Weights)),
            File.ReadAllBytes(Path.Combine(Out("twice"), Weights)));
    }

    [Fact]
    public void Run_OtherStepsOfADecayingRate_AreRefusedAndTimeIsNot()
    {
        ImageSample decaying = s_sample with
        {
            Training = s_sample.Training with { LearningRateSchedule = Blocks.Decaying },
        };
        string[] where = ["--metrics", "0", "--threads", "1", "--data", _folder, "--out", Out("decaying")];
        Assert.Equal(0, decaying.Run(["--steps", "1000000", "--hours", "0.0001", .. where]));
        Assert.Equal(0, decaying.Run(["--steps", "1000000", "--hours", "0.0001", .. where]));
        Assert.Equal(1, decaying.Run(["--steps", "10", .. where]));
        string log = File.ReadAllText(Path.Combine(Out("decaying"), "log.txt"));
        Assert.Contains("Going on from the last checkpoint", log);
        Assert.Contains("there 1000000, here 10", log);
    }

    [Fact]
    public void Run_TimeIsUp_DrawsWhatIsLearned()
    {
        Run("late", "--steps", "1000000", "--hours", "0.0001", "--metrics", "0");

        Assert.True(File.Exists(Path.Combine(Out("late"), "generated.png")));
        Assert.Single(Directory.GetFiles(Path.Combine(Out("late"), "checkpoints")));
    }

    [Fact]
    public void Run_NoDataOrAWrongOption_SaysSo()
    {
        Assert.Equal(1, s_sample.Run(["--data", Out("nowhere"), "--out", Out("without")]));
        Assert.Contains("'make data' fetches it", File.ReadAllText(Path.Combine(Out("without"), "log.txt")));
        Assert.Equal(2, s_sample.Run(["--step", "10"]));
        Assert.Equal(2, s_sample.Run(["--steps"]));
        Assert.Equal(2, s_sample.Run(["--steps", "many"]));
        Assert.Equal(2, s_sample.Run(["--metrics", "-1"]));
    }

    [Fact]
    public void Run_OutIsAFile_IsAnErrorWithoutATrace()
    {
        string file = Out("file");
        File.WriteAllText(file, "");
        Assert.Equal(1, s_sample.Run(["--out", file]));
        Assert.Equal(1, Sample.Run("any", ["--out", file], 1, _ => true));
    }

    void IDisposable.Dispose()
    {
        Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Out(string name) => Path.Combine(_folder, name);

    private void Run(string name, params string[] args)
    {
        int code = s_sample.Run([.. args, "--threads", "1", "--data", _folder, "--out", Out(name)]);
        Assert.True(code == 0, $"{code}: {File.ReadAllText(Path.Combine(Out(name), "log.txt"))}");
    }
}
