using Diffusion.Sdk.Metrics;
using Spectre.Console;

namespace MixtureTutorial;

/// <summary>The figures, as tables.</summary>
internal static class Report
{
    /// <summary>
    /// Loss at 1,000 ... 4,000 steps, each the mean of the 500 steps before. Recipes with other units of the data have
    /// other losses.
    /// </summary>
    public static void Losses(IReadOnlyList<Outcome> outcomes)
    {
        Table table = NewTable("Loss (mean of the last 500 steps)", "step", outcomes);
        foreach (long step in new long[] { 1000, 2000, 3000, 4000 })
        {
            table.AddRow([$"{step:N0}", .. outcomes.Select(o => $"{o.Training.MeanLoss(step):F3}")]);
        }
        AnsiConsole.Write(table);
    }

    /// <summary>Each component as generated, beneath the truth.</summary>
    public static void Mixture(IReadOnlyList<Outcome> outcomes)
    {
        Table table = new Table().Title("[bold]The recovered mixture[/]").Border(TableBorder.Rounded)
            .AddColumns("", "", "fraction", "mean x", "mean y", "var x", "var y", "cov xy");
        MixtureRecovery[] recovered =
            [.. outcomes.Select(o => MixtureRecovery.Of(GaussianMixture.Tutorial, o.Samples.Values.Span))];
        for (int k = 0; k < GaussianMixture.Tutorial.Components.Count; k++)
        {
            GaussianComponent truth = GaussianMixture.Tutorial.Components[k];
            AddRow($"{k + 1}", "truth", truth.Weight, truth.Mean, truth.GetCovariance());
            for (int i = 0; i < outcomes.Count; i++)
            {
                RecoveredComponent found = recovered[i].Components[k];
                AddRow("", outcomes[i].Name, found.Fraction, found.Mean, found.GetCovariance());
            }
        }
        AnsiConsole.Write(table);

        void AddRow(string component, string who, double fraction, IReadOnlyList<double> mean, double[,] covariance) =>
            table.AddRow(
                component, who, $"{fraction:F2}", $"{mean[0]:F1}", $"{mean[1]:F1}",
                $"{covariance[0, 0]:F1}", $"{covariance[1, 1]:F1}", $"{covariance[0, 1]:F1}");
    }

    /// <summary>
    /// Distance of 1,000 generated points to 10,000 true ones, beside that of 1,000 other true points.
    /// </summary>
    public static void Distances(IReadOnlyList<Outcome> outcomes)
    {
        Table table = NewTable("Sliced Wasserstein-1 distance to fresh true samples", "", outcomes);
        table.AddRow(["generated", .. outcomes.Select(o => $"{o.Distance.Value:F3}")]);
        table.AddRow(["floor (true points instead)", .. outcomes.Select(o => $"{o.Distance.Floor:F3}")]);
        table.AddRow(["training time", .. outcomes.Select(o => $"{o.TrainingTime.TotalSeconds:F1} s")]);
        table.AddRow(
            ["sampling time, 1,000 x 500 steps", .. outcomes.Select(o => $"{o.SamplingTime.TotalSeconds:F1} s")]);
        AnsiConsole.Write(table);
    }

    private static Table NewTable(string title, string first, IEnumerable<Outcome> outcomes)
    {
        Table table = new Table().Title($"[bold]{title}[/]").Border(TableBorder.Rounded).AddColumn(first);
        foreach (Outcome outcome in outcomes)
        {
            table.AddColumn(outcome.Name);
        }
        return table;
    }
}
