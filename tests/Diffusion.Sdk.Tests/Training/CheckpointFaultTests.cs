using System.Diagnostics;
using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Tests.Files;
using Diffusion.Sdk.Tests.Pipelines;
using Diffusion.Sdk.Training;

namespace Diffusion.Sdk.Tests.Training;

public sealed class CheckpointFaultTests : TrainingTest, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Run_EveryDiskOperationFailing_LeavesOnlyWholeCheckpoints()
    {
        TrainingOptions options = Tiny with
        {
            Steps = 20,
            Ema = [new EmaOptions()],
            Checkpoints = new CheckpointOptions { Directory = _folder.File("run"), Every = 10, Keep = 1 },
        };
        FailingDisk.FailEach(
            prepare: () =>
            {
                if (Directory.Exists(_folder.File("run")))
                {
                    Directory.Delete(_folder.File("run"), recursive: true);
                }
            },
            work: () =>
            {
                using MlpDenoiser denoiser = NewDenoiser();
                NewTrainer(denoiser, options).Run(Data).Dispose();
            },
            judge: _ => Assert.All(
                _folder.Entries.Where(entry => entry != "run"),
                entry => Assert.True(Checkpoint.Open(_folder.File(entry)).Step > 0)));
    }

    [Theory]
    [InlineData("train")]
    [InlineData("train-images")]
    public void Kill_AtTwentyRandomMoments_LosesNoReportedCheckpointAndTearsNone(string role)
    {
        var random = new Random(1);
        string[] reported = [];
        for (int kill = 0; kill < 20; kill++)
        {
            string folder = _folder.File($"kill-{kill}");
            reported = ReportsBeforeKill(role, folder, TimeSpan.FromMilliseconds(random.Next(100)));
            Assert.All(reported, path => Assert.True(Checkpoint.Open(path).Step > 0, path));
            Assert.All(
                Directory.GetFiles(folder, "checkpoint-*"), path => Assert.True(Checkpoint.Open(path).Step > 0, path));
        }
        (Denoiser denoiser, TrainingData data, TrainingOptions options) = Subject(role, _folder.File("kill-19"));
        using Denoiser owned = denoiser;
        long step = Checkpoint.Open(reported[^1]).Step;
        using TrainingResult result = NewTrainer(denoiser, options with { Steps = step + 20 }).Resume(data);
        Assert.Equal(step + 20, result.Steps);
        Assert.DoesNotContain(_folder.Entries, entry => entry.StartsWith("kill-19/.", StringComparison.Ordinal));
    }

    void IDisposable.Dispose()
    {
        Dispose();
        _folder.Dispose();
    }

    /// <summary>
    /// Trains until killed, with a checkpoint every other step, and says each on a line once it is reported.
    /// </summary>
    internal static void TrainForever(string role, string folder)
    {
        (Denoiser denoiser, TrainingData data, TrainingOptions options) = Subject(role, folder);
        using Denoiser owned = denoiser;
        NewTrainer(denoiser, options).Run(data, new Immediate<TrainingProgress>(report =>
        {
            if (report.CheckpointSaved is { } path)
            {
                Console.WriteLine(path);
            }
        })).Dispose();
    }

    // The checkpoints that a training reports until it is killed, some time after the first.
    private static string[] ReportsBeforeKill(string role, string folder, TimeSpan delay)
    {
        using Process process = ChildProgram.Start("true", role, folder);
        string? first = process.StandardOutput.ReadLine();
        Assert.True(first is not null, first is null ? process.StandardError.ReadToEnd() : "");
        Task<string> rest = process.StandardOutput.ReadToEndAsync();
        Thread.Sleep(delay);
        process.Kill(); // SIGKILL
        process.WaitForExit();
        // A last line without its end was cut by the kill: that report did not arrive.
        string text = rest.GetAwaiter().GetResult();
        return [first!, .. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private static (Denoiser, TrainingData, TrainingOptions) Subject(string role, string folder)
    {
        bool images = role == "train-images";
        TrainingOptions options = (images ? TinyImages : Tiny) with
        {
            Steps = 1_000_000,
            Ema = [new EmaOptions()],
            Checkpoints = new CheckpointOptions { Directory = folder, Every = 2, Keep = 1_000_000 },
        };
        return images ? (NewUNet(), Images, options) : (NewDenoiser(), Data, options);
    }
}
