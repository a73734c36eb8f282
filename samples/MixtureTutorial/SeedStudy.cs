using Diffusion.Sdk.Metrics;
using Spectre.Console;

namespace MixtureTutorial;

/// <summary>
/// Both recipes over several seeds, each with 300 points of its own, held against what PyTorch reaches with them.
/// </summary>
internal static class SeedStudy
{
    /// <returns>0 when every goal is met, else 1.</returns>
    public static int Run(int seeds)
    {
        Outcome[] tutorial = RunAll("tutorial", TrainingOptions.Tutorial);
        Outcome[] recommended = RunAll("recommended", TrainingOptions.Recommended);

        Table table = new Table().Title($"[bold]Mean of {seeds} seeds[/]").Border(TableBorder.Rounded)
            .AddColumns("figure", "mean", "goal", "least", "greatest");
        bool met = true;
        void Row(string figure, double[] values, double low, double high)
        {
            double mean = values.Average();
            met &= mean >= low && mean <= high;
            string goal = double.IsNegativeInfinity(low) ? $"at most {high:F3}" : $"{low:F3} to {high:F3}";
            table.AddRow(figure, $"{mean:F3}", goal, $"{values.Min():F3}", $"{values.Max():F3}");
        }

        Row("tutorial: loss at 1,000", [.. tutorial.Select(o => o.Training.MeanLoss(1000))], 0.551, 0.581);
        Row("tutorial: loss at 4,000", [.. tutorial.Select(o => o.Training.MeanLoss(4000))], 0.524, 0.548);
        Row("tutorial: sliced Wasserstein-1",
            [.. tutorial.Select(o => o.Distance.Value)], double.NegativeInfinity, 0.34);
        Row("recommended: sliced Wasserstein-1",
            [.. recommended.Select(o => o.Distance.Value)], double.NegativeInfinity, 0.21);
        Row("floor: true points instead", [.. recommended.Select(o => o.Distance.Floor)], 0, 0.21);

        MixtureRecovery[] recovered =
            [.. recommended.Select(o => MixtureRecovery.Of(GaussianMixture.Tutorial, o.Samples.Values.Span))];
        for (int k = 0; k < GaussianMixture.Tutorial.Components.Count; k++)
        {
            GaussianComponent truth = GaussianMixture.Tutorial.Components[k];
            Row($"recommended: component {k + 1}, fraction off by",
                [.. recovered.Select(r => r.Components[k].Fraction - truth.Weight)], -0.05, 0.05);
            for (int d = 0; d < 2; d++)
            {
                Row($"recommended: component {k + 1}, mean {"xy"[d]} off by",
                    [.. recovered.Select(r => r.Components[k].Mean[d] - truth.Mean[d])], -0.3, 0.3);
            }
        }
        AnsiConsole.Write(table);
        AnsiConsole.MarkupLine(met ? "[green]Every goal is met.[/]" : "[red]A goal is missed.[/]");
        return met ? 0 : 1;

        Outcome[] RunAll(string name, TrainingOptions options) =>
            [.. Enumerable.Range(0, seeds).Select(seed => Recipe.Run($"{name}, seed {seed}", options, seed))];
    }
}
