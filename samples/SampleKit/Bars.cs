using System.Diagnostics;
using Diffusion.Sdk.Data;
using Diffusion.Sdk.Metrics;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Training;
using Spectre.Console;

namespace SampleKit;

/// <summary>Progress bars with rate and time left.</summary>
public static class Bars
{
    /// <summary>Runs a training from its start.</summary>
    public static TrainingResult Train(string title, DiffusionTrainer trainer, TrainingData data) =>
        Train(title, trainer.Options.Steps, bar => trainer.Run(data, bar));

    public static TrainingResult Train(
        string title, long steps, Func<IProgress<TrainingProgress>, TrainingResult> work) =>
        Show<TrainingProgress, TrainingResult>(
            title, work, p => new Mark(p.Step, steps, $"loss {p.Loss:F3}", p.TimeLeft));

    public static Samples Generate(
        string title, Func<IProgress<GenerateProgress>, Samples> work) =>
        Show<GenerateProgress, Samples>(
            title, work, p => new Mark(p.CompletedSteps, p.TotalSteps));

    public static ImageClassifier Classify(
        string title, Func<IProgress<ImageClassifierProgress>, ImageClassifier> work) =>
        Show<ImageClassifierProgress, ImageClassifier>(
            title, work, p => new Mark(p.Step, p.TotalSteps, $"loss {p.Loss:F3}"));

    private static T Show<TProgress, T>(
        string title, Func<IProgress<TProgress>, T> work, Func<TProgress, Mark> markOf) =>
        AnsiConsole.Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(title));
                var pace = new Pace();
                return work(new Relay<TProgress>(progress =>
                {
                    Mark mark = markOf(progress);
                    (task.MaxValue, task.Value) = (mark.Total, mark.Done);
                    task.Description = $"{Markup.Escape(title)} [grey]{pace.Describe(mark)}[/]";
                }));
            });

    /// <summary>How far the work is.</summary>
    private readonly record struct Mark(long Done, long Total, string Note = "", TimeSpan? TimeLeft = null);

    /// <summary>Steps per second since the first report, which of a resumed training comes late.</summary>
    private sealed class Pace
    {
        private long? _first;
        private long _began;

        public string Describe(Mark mark)
        {
            if (_first is null)
            {
                (_first, _began) = (mark.Done, Stopwatch.GetTimestamp());
            }
            double rate = (mark.Done - _first.Value) / Stopwatch.GetElapsedTime(_began).TotalSeconds;
            if (rate is not > 0)
            {
                return mark.Note;
            }
            TimeSpan left = mark.TimeLeft ?? TimeSpan.FromSeconds((mark.Total - mark.Done) / rate);
            return $"{rate.ToString(rate < 100 ? "F1" : "F0"),5} steps/s  {left:h\\:mm\\:ss} left  {mark.Note}";
        }
    }

    /// <summary>Unlike <see cref="Progress{T}"/>, calls at once and on the caller's thread.</summary>
    private sealed class Relay<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
