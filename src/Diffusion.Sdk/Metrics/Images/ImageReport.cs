using System.Globalization;
using System.Text;

namespace Diffusion.Sdk.Metrics;

/// <summary>How generated images compare with real ones; <see cref="ToString"/> is a table of it.</summary>
public sealed record ImageReport
{
    /// <summary>What the images were compared by.</summary>
    public required string Features { get; init; }

    /// <summary>How many generated images there were.</summary>
    public required int Generated { get; init; }

    /// <summary>How many real images there were.</summary>
    public required int Real { get; init; }

    /// <summary>See <see cref="FeatureMetrics.FrechetDistance"/>; less is better.</summary>
    public required MetricResult FrechetDistance { get; init; }

    /// <summary>See <see cref="FeatureMetrics.KernelDistance"/>; less is better.</summary>
    public required MetricResult KernelDistance { get; init; }

    /// <summary>The share of generated images that look real; more is better.</summary>
    public required MetricResult Precision { get; init; }

    /// <summary>The share of real images that could have been generated; more is better.</summary>
    public required MetricResult Recall { get; init; }

    /// <summary>
    /// See <see cref="ClassHistogram.Compare"/>; less is better. Null where the extractor knows no classes.
    /// </summary>
    public MetricResult? ClassDistance { get; init; }

    /// <summary>What the extractor takes the generated images for; null where it knows no classes.</summary>
    public ClassHistogram? Classes { get; init; }

    /// <summary>What the extractor takes the real images for; null where it knows no classes.</summary>
    public ClassHistogram? RealClasses { get; init; }

    /// <summary>A table of several lines: each measure with its 95% interval and the floor.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(
            CultureInfo.InvariantCulture, $"{Generated} generated against {Real} real images, by {Features}");
        text.AppendLine("                        value  95% interval            real against real");
        Row(text, "Fréchet distance", FrechetDistance);
        Row(text, "kernel distance", KernelDistance);
        Row(text, "precision", Precision);
        Row(text, "recall", Recall);
        if (ClassDistance is not null)
        {
            Row(text, "class distance", ClassDistance);
            text.AppendLine(CultureInfo.InvariantCulture, $"  classes, % generated  {Classes}");
            text.AppendLine(CultureInfo.InvariantCulture, $"  classes, % real       {RealClasses}");
        }
        return text.ToString();
    }

    private static void Row(StringBuilder text, string name, MetricResult result)
    {
        string interval = double.IsNaN(result.Deviation) ? "" : $"[{Short(result.Lower)}, {Short(result.Upper)}]";
        string floor = double.IsNaN(result.Floor) ? "" : Short(result.Floor);
        string line = $"  {name,-18} {Short(result.Value),8}  {interval,-22}  {floor}";
        text.AppendLine(line.TrimEnd());
    }

    private static string Short(double value) => value.ToString("G3", CultureInfo.InvariantCulture);
}
