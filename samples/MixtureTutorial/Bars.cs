using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Training;
using Spectre.Console;

namespace MixtureTutorial;

/// <summary>Progress bars with rate and time left.</summary>
internal static class Bars
{
    public static TrainingResult Train(string title, long steps, Func<IProgress<TrainingProgress>, TrainingResult> work) =>
        Show(title, steps, task => work(new Relay<TrainingProgress>(p => Update(task, title, p.Step, $"loss {p.Loss:F3}"))));

    public static Samples Generate(string title, Func<IProgress<GenerateProgress>, Samples> work) =>
        Show(title, 1, task => work(new Relay<GenerateProgress>(p =>
        {
            task.MaxValue = p.TotalSteps;
            Update(task, title, p.CompletedSteps, "");
        })));

    private static void Update(ProgressTask task, string title, long step, string note)
    {
        task.Value = step;
        task.Description = $"{title} [grey]{task.Speed,6:F0} steps/s {note}[/]";
    }

    private static T Show<T>(string title, double total, Func<ProgressTask, T> work) => AnsiConsole.Progress()
        .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
        .Start(context => work(context.AddTask(title, maxValue: total)));

    /// <summary>Unlike <see cref="Progress{T}"/>, calls at once and on the caller's thread.</summary>
    private sealed class Relay<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
