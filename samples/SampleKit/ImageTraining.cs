using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Imaging;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Training;
using Spectre.Console;

namespace SampleKit;

/// <summary>The training of an <see cref="ImageSample"/>, watched.</summary>
internal sealed class ImageTraining(ImageSample sample, ImageArguments arguments, string folder, RunLog log)
{
    private const int GridEvery = 2000;
    private const int CheckpointEvery = 500;
    private const int PreviewSteps = 50;

    private string Checkpoints => Path.Combine(folder, "checkpoints");

    /// <summary>Trains from the start, or goes on from the last checkpoint.</summary>
    public TrainingResult Run(UNet2DModel network, ImageData images, CancellationToken cancellationToken)
    {
        long steps = arguments.Steps ?? sample.Training.Steps;
        LearningRateSchedule rate = sample.Training.LearningRateSchedule;
        TrainingOptions options = sample.Training with
        {
            Steps = steps,
            LearningRateSchedule = rate with { WarmupSteps = Math.Min(rate.WarmupSteps, steps / 10) },
            TimeLimit = arguments.Hours is { } hours ? TimeSpan.FromHours(hours) : null,
            Checkpoints = new CheckpointOptions { Directory = Checkpoints, Every = CheckpointEvery, Keep = 2 },
            Previews = new PreviewOptions { Every = GridEvery, Show = SaveGrid },
        };
        var trainer = new DiffusionTrainer(network, new DdpmScheduler(sample.Noise), options, log);
        bool goesOn = Directory.Exists(Checkpoints) && Directory.GetFiles(Checkpoints, "checkpoint-*").Length > 0;
        log.Say(goesOn ? $"Going on from the last checkpoint in {Checkpoints}." : "Training from the start.");
        return Bars.Train($"train, {sample.Name}", options.Steps, bar =>
        {
            var watched = new EpochWatch(bar, SayEpoch);
            return goesOn
                ? trainer.Resume(images, null, watched, cancellationToken)
                : trainer.Run(images, watched, cancellationToken);
        });
    }

    /// <summary>The losses as a table beside those of the lesson, and as a curve.</summary>
    public void ShowLosses(TrainingResult result)
    {
        IReadOnlyList<double> losses = result.EpochLosses;
        var curve = new LinePlot { Title = $"Training loss, {sample.Name}", XLabel = "step", LogY = true };
        curve.AddSmoothed(null, result.Losses).Save(Path.Combine(folder, "loss.png"));
        if (losses.Count == 0)
        {
            return;
        }
        Table table = new Table().Border(TableBorder.Rounded).AddColumns("epoch", "loss", "the lesson's");
        long[] shown = [1, 5, 10, 20, 40, losses.Count];
        foreach (long epoch in shown.Where(epoch => epoch >= 1 && epoch <= losses.Count).Distinct().Order())
        {
            string lesson = sample.LessonLosses.TryGetValue(epoch, out double loss) ? $"{loss:F3}" : "";
            table.AddRow($"{epoch}", $"{losses[(int)epoch - 1]:F4}", lesson);
        }
        AnsiConsole.Write(table);
    }

    private void SayEpoch(long epoch, double loss)
    {
        string lesson = sample.LessonLosses.TryGetValue(epoch, out double known) ? $" (the lesson's: {known:F3})" : "";
        log.Say($"epoch {epoch,3}: loss {loss:F4}{lesson}");
    }

    // Few steps of DDIM show nearly what all thousand of DDPM would, in a twentieth of the time.
    private void SaveGrid(TrainingPreview preview)
    {
        DdimScheduler few = DdimScheduler.FromConfig(preview.Pipeline.Scheduler.Config);
        using var pipeline = preview.Pipeline.WithScheduler(few);
        string path = Path.Combine(folder, $"grid-{preview.Step:D6}.png");
        int steps = Math.Min(PreviewSteps, few.NumTrainTimesteps);
        Samples images = pipeline.Generate(64, steps, seed: 0);
        images.SaveGrid(path, title: $"{sample.Name} after {preview.Step:N0} steps");
        log.Say($"{path}: 64 images from the averaged weights, DDIM in {steps} steps");
    }

    /// <summary>Passes reports on, and says when an epoch is over.</summary>
    private sealed class EpochWatch(IProgress<TrainingProgress> next, Action<long, double> say)
        : IProgress<TrainingProgress>
    {
        private long? _epochs;

        public void Report(TrainingProgress value)
        {
            if (value.Epochs > (_epochs ?? value.Epochs))
            {
                say(value.Epochs, value.EpochLoss!.Value);
            }
            _epochs = value.Epochs;
            next.Report(value);
        }
    }
}
