using System.Globalization;
using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Files;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Tests.Files;
using Diffusion.Sdk.Tests.Pipelines;
using Diffusion.Sdk.Training;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Training;

public sealed class CheckpointTests : TrainingTest, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private TrainingOptions Saving => Tiny with
    {
        Ema = [new EmaOptions { Decay = 0.9 }, new EmaOptions()],
        LearningRateSchedule = new LearningRateSchedule { Shape = LearningRateShape.Cosine, WarmupSteps = 5 },
        MaxGradientNorm = 1,
        BatchOrder = BatchOrder.ShuffledEpochs,
        Checkpoints = new CheckpointOptions { Directory = _folder.File("run"), Every = 10, Keep = 2 },
    };

    [Theory]
    [InlineData(BatchOrder.ShuffledEpochs)]
    [InlineData(BatchOrder.WithReplacement)]
    public void Resume_FromTheMiddle_EndsBitForBitAsIfNeverStopped(BatchOrder order)
    {
        TrainingOptions options = Saving with { BatchOrder = order };
        Dictionary<string, byte[]> whole = Final(options, resumeFrom: null);
        File.Delete(_folder.File("run/checkpoint-00000030.safetensors"));
        Dictionary<string, byte[]> resumed = Final(
            options, resumeFrom: _folder.File("run/checkpoint-00000020.safetensors"));
        Assert.Equal(whole.Keys.Order(), resumed.Keys.Order());
        Assert.Contains("optimizer.exp_avg_sq", whole.Keys);
        Assert.Contains("ema.1.layers.0.weight", whole.Keys);
        Assert.Contains("loss_history", whole.Keys);
        Assert.All(whole, pair => Assert.Equal(pair.Value, resumed[pair.Key]));
    }

    [Fact]
    public void Resume_RecommendedRecipeStoppedAtStep2000_EndsBitForBitAsIfNeverStopped()
    {
        TrainingData data = TrainingData.FromPoints(PointSets.Tutorial(seed: 0));
        Dictionary<string, byte[]> whole = Train("whole", (trainer, _) => trainer.Run(data));
        Assert.ThrowsAny<OperationCanceledException>(() => Train("stopped", (trainer, source) =>
        {
            trainer.BeforeStep = state => { if (state.Step == 1999) { source.Cancel(); } }; // stops after that step
            return trainer.Run(data, cancellationToken: source.Token);
        }));
        Assert.Contains("stopped/checkpoint-00002000.safetensors", _folder.Entries);
        Dictionary<string, byte[]> resumed = Train("stopped", (trainer, _) => trainer.Resume(data));
        Assert.Equal(whole.Keys.Order(), resumed.Keys.Order());
        Assert.All(whole, pair => Assert.Equal(pair.Value, resumed[pair.Key]));

        Dictionary<string, byte[]> Train(
            string folder, Func<DiffusionTrainer, CancellationTokenSource, TrainingResult> run)
        {
            using var denoiser = new MlpDenoiser();
            using var source = new CancellationTokenSource();
            var options = TrainingOptions.Recommended with
            {
                Steps = 2200,
                Checkpoints = new CheckpointOptions { Directory = _folder.File(folder), Every = 100_000 },
            };
            var scheduler = new DdpmScheduler(new DdpmSchedulerConfig { NumTrainTimesteps = 500, ClipSample = false });
            using TrainingResult result = run(new DiffusionTrainer(denoiser, scheduler, options), source);
            return Content(result.LastCheckpoint!);
        }
    }

    [Fact]
    public void Resume_AfterCancellation_GoesOnFromThatStep()
    {
        using MlpDenoiser straight = NewDenoiser();
        using MlpDenoiser stopped = NewDenoiser();
        NewTrainer(straight, Saving with { Checkpoints = null }).Run(Data).Dispose();
        using var source = new CancellationTokenSource();
        var trainer = new DiffusionTrainer(stopped, NewScheduler(), Saving)
        {
            BeforeStep = state =>
            {
                if (state.Step == 13)
                {
                    source.Cancel();
                }
            },
        };
        var saved = new List<string>();
        var progress = new Immediate<TrainingProgress>(
            report => saved.AddRange(report.CheckpointSaved is { } path ? [path] : []));
        Assert.ThrowsAny<OperationCanceledException>(() => trainer.Run(Data, progress, source.Token));
        Assert.Equal(["checkpoint-00000010.safetensors", "checkpoint-00000014.safetensors"],
            saved.Select(path => Path.GetFileName(path)));

        using MlpDenoiser fresh = NewDenoiser();
        using TrainingResult result = NewTrainer(fresh, Saving).Resume(Data);
        Assert.Equal((30L, 30), (result.Steps, result.Losses.Count));
        Assert.Equal(Weights(straight), Weights(fresh));
    }

    [Fact]
    public void Run_WithCheckpoints_KeepsTheNewestAndReportsThem()
    {
        using MlpDenoiser denoiser = NewDenoiser();
        var saved = new List<string>();
        using TrainingResult result = NewTrainer(denoiser, Saving with { Steps = 35 })
            .Run(Data, new Immediate<TrainingProgress>(
                report => saved.AddRange(report.CheckpointSaved is { } path ? [path] : [])));
        Assert.Equal([10, 20, 30, 35], saved.Select(path => int.Parse(Path.GetFileName(path)[11..19])));
        Assert.Equal(
            ["run", "run/checkpoint-00000030.safetensors", "run/checkpoint-00000035.safetensors"], _folder.Entries);
        Assert.Equal(saved[^1], result.LastCheckpoint);
    }

    [Fact]
    public void Run_FolderWithCheckpoints_RefusesToMixTrainings()
    {
        Train();
        using MlpDenoiser denoiser = NewDenoiser();
        Assert.Contains("Call Resume",
            Assert.Throws<InvalidOperationException>(() => NewTrainer(denoiser, Saving).Run(Data)).Message);
    }

    [Fact]
    public void Resume_OtherSettings_SaysWhichDiffer()
    {
        Train();
        using MlpDenoiser denoiser = NewDenoiser();
        TrainingOptions other = Saving with { BatchSize = 8, Seed = 2 };
        string message = Assert.Throws<InvalidDataException>(() => NewTrainer(denoiser, other).Resume(Data)).Message;
        Assert.Contains("these differ: batch_size (there 16, here 8), seed (there 0, here 2).", message);
        TrainingData otherData = TrainingData.FromPoints(GaussianMixture.Ring().Sample(50, seed: 2));
        Assert.Contains("these differ: data",
            Assert.Throws<InvalidDataException>(() => NewTrainer(denoiser, Saving).Resume(otherData)).Message);
    }

    [Fact]
    public void Resume_ConstantRateAndMoreSteps_TrainsLonger()
    {
        TrainingOptions options = Saving with { LearningRateSchedule = new LearningRateSchedule() };
        using MlpDenoiser denoiser = NewDenoiser();
        NewTrainer(denoiser, options).Run(Data).Dispose();
        using MlpDenoiser longer = NewDenoiser();
        using TrainingResult result = NewTrainer(longer, options with { Steps = 40 }).Resume(Data);
        Assert.Equal(40, result.Steps);
    }

    [Fact]
    public void Resume_TornOrForeignNewestFile_UsesTheOneBefore()
    {
        Train();
        byte[] whole = File.ReadAllBytes(_folder.File("run/checkpoint-00000030.safetensors"));
        File.WriteAllBytes(_folder.File("run/checkpoint-00000030.safetensors"), whole[..^100]);
        TensorFile.Save(_folder.File("run/checkpoint-00000031.safetensors"), []);
        File.WriteAllText(_folder.File("run/checkpoint-00000032.safetensors"), "");
        using MlpDenoiser denoiser = NewDenoiser();
        long first = 0;
        using TrainingResult result = NewTrainer(denoiser, Saving with { ReportEvery = 1 })
            .Resume(Data, null, new Immediate<TrainingProgress>(report => first = first == 0 ? report.Step : first));
        Assert.Equal(21, first);
    }

    [Theory]
    [InlineData("torn", "bytes")]
    [InlineData("foreign", "is no checkpoint of this SDK: its format is \"pt\"")]
    [InlineData("empty", "0 bytes are too few")]
    public void Resume_NamedFileThatIsNoCheckpoint_SaysWhy(string kind, string expected)
    {
        Train();
        string path = _folder.File("run/checkpoint-00000030.safetensors");
        byte[] whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, kind == "torn" ? whole[..^100] : []);
        if (kind == "foreign")
        {
            TensorFile.Save(path, []);
        }
        using MlpDenoiser denoiser = NewDenoiser();
        float[] before = Weights(denoiser);
        Exception error = Assert.ThrowsAny<Exception>(() => NewTrainer(denoiser, Saving).Resume(Data, path));
        Assert.Contains(expected, error.Message);
        Assert.Equal(before, Weights(denoiser));
    }

    [Fact]
    public void Resume_UnderAnotherCulture_FindsTheSameSettings()
    {
        Train();
        CultureInfo before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        using MlpDenoiser denoiser = NewDenoiser();
        try
        {
            CultureInfo.CurrentCulture = comma;
            using TrainingResult result = NewTrainer(denoiser, Saving).Resume(Data);
            Assert.Equal(30, result.Steps);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Resume_FileOfAnotherModel_LeavesTheRecordAsItWas()
    {
        Train();
        string path = _folder.File("run/checkpoint-00000030.safetensors");
        Dictionary<string, string> metadata;
        using (SafetensorsFile file = SafetensorsFile.Open(path))
        {
            metadata = new(file.Metadata!);
        }
        using (Tensor losses = zeros(30))
        {
            TensorFile.Save(path, new Dictionary<string, Tensor> { ["loss_history"] = losses }, metadata);
        }
        using MlpDenoiser denoiser = NewDenoiser();
        var record = new TrainingRecord
        {
            PredictionType = "epsilon", NumTrainTimesteps = 20, Steps = 7, Weights = WeightsKind.Ema, HasEma = true,
        };
        denoiser.TrainingRecord = record;
        Assert.Contains("holds nothing as model.",
            Assert.Throws<InvalidDataException>(() => NewTrainer(denoiser, Saving).Resume(Data, path)).Message);
        Assert.Equal(record, denoiser.TrainingRecord);
    }

    [Fact]
    public void Resume_NothingThere_SaysWhere()
    {
        using MlpDenoiser denoiser = NewDenoiser();
        Assert.Contains(_folder.File("run"),
            Assert.Throws<FileNotFoundException>(() => NewTrainer(denoiser, Saving).Resume(Data)).Message);
        Assert.Contains("set Checkpoints",
            Assert.Throws<InvalidOperationException>(() => NewTrainer(denoiser, Tiny).Resume(Data)).Message);
    }

    [Fact]
    public void Resume_OtherThreadCount_UsesThatOfTheCheckpoint()
    {
        TrainingOptions two = Saving with { Threads = 2 };
        using MlpDenoiser first = NewDenoiser();
        NewTrainer(first, two).Run(Data).Dispose();
        int used = 0;
        using MlpDenoiser second = NewDenoiser();
        int before = get_num_threads();
        var trainer = new DiffusionTrainer(second, NewScheduler(), Saving with { Threads = 1 })
        {
            BeforeStep = _ => used = get_num_threads(),
        };
        trainer.Resume(Data, _folder.File("run/checkpoint-00000020.safetensors")).Dispose();
        Assert.Equal(2, used);
        Assert.Equal(before, get_num_threads());
    }

    void IDisposable.Dispose()
    {
        Dispose();
        _folder.Dispose();
    }

    private void Train()
    {
        using MlpDenoiser denoiser = NewDenoiser();
        NewTrainer(denoiser, Saving).Run(Data).Dispose();
    }

    private static Dictionary<string, byte[]> Final(TrainingOptions options, string? resumeFrom)
    {
        using MlpDenoiser denoiser = NewDenoiser();
        DiffusionTrainer trainer = NewTrainer(denoiser, options);
        using TrainingResult result = resumeFrom is null ? trainer.Run(Data) : trainer.Resume(Data, resumeFrom);
        return Content(result.LastCheckpoint!);
    }

    private static Dictionary<string, byte[]> Content(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return file.Entries.ToDictionary(entry => entry.Name, entry => file.ReadBytes(entry.Name));
    }
}
