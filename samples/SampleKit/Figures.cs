using System.Globalization;
using System.Text;
using Spectre.Console;

namespace SampleKit;

/// <summary>The figures of a sample over its seeds, beside those of its source.</summary>
public sealed class Figures(string title)
{
    private readonly List<Row> _rows = [];

    /// <summary>Adds a figure.</summary>
    /// <param name="name">What it measures.</param>
    /// <param name="values">Its value for each seed.</param>
    /// <param name="source">What the source says; empty where it says nothing.</param>
    /// <param name="least">The goal: each value is at least this.</param>
    /// <param name="most">The goal: each value is at most this.</param>
    /// <param name="ofMean">Whether the goal is for the mean over the seeds instead of each.</param>
    /// <param name="format">How numbers are written.</param>
    /// <returns>These figures.</returns>
    public Figures Add(
        string name, IEnumerable<double> values, string source = "", double least = double.NegativeInfinity,
        double most = double.PositiveInfinity, bool ofMean = false, string format = "F3")
    {
        _rows.Add(new Row(name, [.. values], source, least, most, ofMean, format));
        return this;
    }

    /// <summary>Draws the figures as a table.</summary>
    /// <returns>Whether every goal is met.</returns>
    public bool Show()
    {
        Table table = new Table().Title($"[bold]{Markup.Escape(title)}[/]").Border(TableBorder.Rounded);
        string[] columns = _rows.Exists(row => row.Values.Length > 1)
            ? ["figure", "mean", "least", "greatest", "source", "goal", ""]
            : ["figure", "here", "source", "goal", ""];
        table.AddColumns(columns);
        foreach (Row row in _rows)
        {
            string[] values = columns.Length == 5 ? [row.Mean] : [row.Mean, row.Least, row.Greatest];
            string met = row.HasGoal ? row.IsMet ? "met" : "[bold red]missed[/]" : "";
            table.AddRow([Markup.Escape(row.Name), .. values, Markup.Escape(row.Source), row.Goal, met]);
        }
        AnsiConsole.Write(table);
        return _rows.TrueForAll(row => row.IsMet);
    }

    /// <summary>Each figure's name and values, a line each: what a snapshot holds.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (Row row in _rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"{row.Name}: ")
                .AppendJoin(" ", row.Values.Select(value => value.ToString("F4", CultureInfo.InvariantCulture)))
                .Append('\n');
        }
        return text.ToString();
    }

    private sealed record Row(
        string Name, double[] Values, string Source, double Lowest, double Highest, bool OfMean, string Format)
    {
        public string Mean => Text(Values.Average());

        public string Least => Text(Values.Min());

        public string Greatest => Text(Values.Max());

        public bool HasGoal => double.IsFinite(Lowest) || double.IsFinite(Highest);

        public bool IsMet => OfMean ? IsIn(Values.Average()) : Array.TrueForAll(Values, IsIn);

        public string Goal => !HasGoal ? ""
            : double.IsInfinity(Lowest) ? $"at most {Text(Highest)}"
            : double.IsInfinity(Highest) ? $"at least {Text(Lowest)}"
            : $"{Text(Lowest)} to {Text(Highest)}";

        private bool IsIn(double value) => value >= Lowest && value <= Highest;

        private string Text(double value) => value.ToString(Format, CultureInfo.InvariantCulture);
    }
}
