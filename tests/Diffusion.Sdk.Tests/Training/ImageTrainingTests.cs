using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Files;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Tests.Files;
using Diffusion.Sdk.Tests.Pipelines;
using Diffusion.Sdk.Training;

namespace Diffusion.Sdk.Tests.Training;

/// <summary>A tiny U-Net on twelve tiny images, as the samples train theirs.</summary>
public sealed class ImageTrainingTests : TrainingTest, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Run_Images_LearnsThem()
    {
        using UNet2DModel denoiser = NewUNet();
        TrainingOptions options = TinyImages with { Steps = 200, BatchSize = 16, LearningRate = 5e-3 };
        using TrainingResult result = NewTrainer(denoiser, options).Run(Images);
        Assert.InRange(result.EpochLosses[0], 0.8, 1.2); // an untrained network says 0: the mean square of the noise
        Assert.InRange(result.EpochLosses[^1], 0, 0.4);
        Assert.Equal(200 * 16 / 12, result.EpochLosses.Count);
    }

    [Fact]
    public void Run_DenoiserOfClasses_LearnsFromTheLabels()
    {
        using UNet2DModel denoiser = NewUNet(numClasses: 3);
        float[] before = Values(denoiser.get_parameter("class_embedding.weight")!);
        NewTrainer(denoiser, TinyImages).Run(Images).Dispose();
        Assert.NotEqual(before, Values(denoiser.get_parameter("class_embedding.weight")!));
    }

    [Fact]
    public void Resume_FromTheMiddle_EndsBitForBitAsIfNeverStopped()
    {
        TrainingOptions options = TinyImages with
        {
            Checkpoints = new CheckpointOptions { Directory = _folder.File("run"), Every = 10 },
        };
        using UNet2DModel denoiser = NewUNet(numClasses: 3);
        using TrainingResult whole = NewTrainer(denoiser, options).Run(Images);
        Dictionary<string, byte[]> expected = Content(whole.LastCheckpoint!);
        File.Delete(whole.LastCheckpoint!);

        using UNet2DModel fresh = NewUNet(numClasses: 3);
        using TrainingResult resumed = NewTrainer(fresh, options).Resume(Images);
        Assert.Equal(whole.Losses, resumed.Losses);
        Assert.Equal(whole.EpochLosses, resumed.EpochLosses);
        Assert.All(Content(resumed.LastCheckpoint!), pair => Assert.Equal(expected[pair.Key], pair.Value));
    }

    [Fact]
    public void Run_Saved_IsLoadedAsAPipelineThatMakesTheSameImages()
    {
        using UNet2DModel denoiser = NewUNet();
        NewTrainer(denoiser, TinyImages).Run(Images).Dispose();
        using var pipeline = new DdpmPipeline(denoiser, NewScheduler());
        pipeline.SavePretrained(_folder.File("pipeline"));
        using var loaded = DdpmPipeline.FromPretrained(_folder.File("pipeline"));
        Assert.Equal(pipeline.Generate(3, seed: 1).Values.ToArray(), loaded.Generate(3, seed: 1).Values.ToArray());
    }

    [Fact]
    public void Resume_OtherFlipsOrLabels_SaysSo()
    {
        TrainingOptions options = TinyImages with
        {
            Checkpoints = new CheckpointOptions { Directory = _folder.File("run"), Every = 10 },
        };
        using UNet2DModel denoiser = NewUNet();
        NewTrainer(denoiser, options).Run(Images).Dispose();
        string message = Assert.Throws<InvalidDataException>(
            () => NewTrainer(denoiser, options with { HorizontalFlips = false }).Resume(Images)).Message;
        Assert.Contains("these differ: flips (there horizontal, here missing)", message);
    }

    [Fact]
    public void Run_Previews_ShowTheAverageAndChangeNothing()
    {
        using UNet2DModel plain = NewUNet();
        using UNet2DModel watched = NewUNet();
        using TrainingResult first = NewTrainer(plain, TinyImages).Run(Images);
        var steps = new List<long>();
        float[] shown = [];
        float[] images = [];
        TrainingOptions options = TinyImages with
        {
            Previews = new PreviewOptions
            {
                Every = 10,
                Show = preview =>
                {
                    steps.Add(preview.Step);
                    shown = Weights(preview.Pipeline.Denoiser);
                    images = preview.Pipeline.Generate(2, seed: 3).Values.ToArray();
                },
            },
        };
        using TrainingResult second = NewTrainer(watched, options).Run(Images);

        Assert.Equal([10L, 20, 30], steps);
        Assert.Equal(first.Losses, second.Losses);
        Assert.Equal(Weights(plain), Weights(watched));
        Assert.Equal(Weights(watched), shown); // of the last look: what the denoiser was left with
        using var pipeline = new DdpmPipeline(watched, NewScheduler());
        Assert.Equal(pipeline.Generate(2, seed: 3).Values.ToArray(), images, new Close(1e-5f));
    }

    [Fact]
    public void Run_PreviewThatThrows_EndsTheTrainingAfterItsCheckpoint()
    {
        using UNet2DModel denoiser = NewUNet();
        TrainingOptions options = TinyImages with
        {
            Checkpoints = new CheckpointOptions { Directory = _folder.File("run"), Every = 10 },
            Previews = new PreviewOptions { Every = 10, Show = _ => throw new IOException("no room") },
        };
        Assert.Equal("no room", Assert.Throws<IOException>(() => NewTrainer(denoiser, options).Run(Images)).Message);
        Assert.Equal(10, denoiser.TrainingRecord!.Steps);
        Assert.Equal(WeightsKind.Online, denoiser.TrainingRecord.Weights);
        Assert.Equal(10, Checkpoint.Open(Assert.Single(Directory.GetFiles(_folder.File("run")))).Step);
    }

    [Fact]
    public void Run_Epochs_AreReportedWithTheirMeanLoss()
    {
        using UNet2DModel denoiser = NewUNet();
        var reports = new List<TrainingProgress>();
        TrainingOptions options = TinyImages with { Steps = 10, BatchSize = 5, ReportEvery = 1 };
        using TrainingResult result = NewTrainer(denoiser, options).Run(
            Images, new Immediate<TrainingProgress>(reports.Add));
        // Twelve images: steps 0 to 2 have the first pass, 2 to 4 the second, 4 to 7 the third.
        Assert.Equal([0L, 0, 1, 1, 2, 2, 2, 3, 3, 4], reports.Select(report => report.Epochs));
        Assert.Equal([Mean(0, 3), Mean(2, 5), Mean(4, 8), Mean(7, 10)], result.EpochLosses);
        Assert.Null(reports[1].EpochLoss);
        Assert.Equal(result.EpochLosses[0], reports[2].EpochLoss);
        Assert.Equal(result.EpochLosses[2], reports[8].EpochLoss);

        double Mean(int first, int end) => result.Losses.Skip(first).Take(end - first).Average();
    }

    [Fact]
    public void Run_TimeIsUp_EndsAsAfterTheLastStepAndGoesOnLater()
    {
        var time = new SteppedTime();
        TrainingOptions options = TinyImages with
        {
            TimeLimit = TimeSpan.FromSeconds(7),
            ReportEvery = 1,
            Checkpoints = new CheckpointOptions { Directory = _folder.File("run") },
        };
        using UNet2DModel denoiser = NewUNet();
        var reports = new List<TrainingProgress>();
        var trainer = new DiffusionTrainer(denoiser, NewScheduler(), options)
        {
            Time = time,
            BeforeStep = _ => time.Now += TimeSpan.FromSeconds(1),
        };
        using TrainingResult result = trainer.Run(Images, new Immediate<TrainingProgress>(reports.Add));
        Assert.Equal(7, result.Steps);
        Assert.Equal(
            Values(result.Ema[0].Averages["conv_in.weight"]), Values(denoiser.get_parameter("conv_in.weight")!));
        Assert.Equal([6.0, 5, 4, 3, 2, 1, 0], reports.Select(report => report.TimeLeft.TotalSeconds));
        Assert.Equal(7, Checkpoint.Open(result.LastCheckpoint!).Step);

        using UNet2DModel next = NewUNet();
        using TrainingResult end = NewTrainer(next, options with { TimeLimit = null }).Resume(Images);
        Assert.Equal(30, end.Steps);
        Assert.Equal(result.Losses, end.Losses.Take(7));
    }

    void IDisposable.Dispose()
    {
        Dispose();
        _folder.Dispose();
    }

    private static Dictionary<string, byte[]> Content(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return file.Entries.ToDictionary(entry => entry.Name, entry => file.ReadBytes(entry.Name));
    }

    private sealed class SteppedTime : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
