using Diffusion.Sdk.Denoisers;

namespace Diffusion.Sdk.Pipelines;

/// <summary>Which classes the samples of a run shall have.</summary>
/// <param name="Labels">One label for all samples, or one for each.</param>
/// <param name="Scale">The guidance; 1 for none.</param>
/// <param name="NullLabel">The label of no class; needed where there is guidance.</param>
internal sealed record ClassCondition(long[] Labels, double Scale, long? NullLabel)
{
    /// <summary>Whether the denoiser is asked with the class and without.</summary>
    public bool IsGuided => Scale != 1;

    /// <summary>The labels of samples; those behind the last have its label.</summary>
    public long[] Of(int first, int rows) =>
        [.. Enumerable.Range(first, rows).Select(sample => Labels[Math.Min(sample, Labels.Length - 1)])];

    /// <summary>What a request asks of a denoiser; null where there are no classes.</summary>
    /// <exception cref="ArgumentException">
    /// There are labels although none are taken, or too few, or one is no class; or what is asked for needs a label for
    /// "no class", and there is none.
    /// </exception>
    public static ClassCondition? Create(GenerateOptions options, Denoiser denoiser, int count)
    {
        string name = denoiser.GetName();
        if (denoiser.NumClasses is not { } classes)
        {
            Require(
                options.Labels is null, nameof(options.Labels), "given",
                $"null, since the {name} takes no class labels");
            RequireNoGuidance(options, $"the {name} takes no class labels");
            return null;
        }
        long? nothing = options.NullLabel ?? denoiser.TrainingRecord?.NullLabel;
        Require(
            nothing is null || nothing < classes, nameof(options.NullLabel), nothing,
            $"a label in [0, {classes}), since the {name} tells {classes} classes apart");
        if (options.Labels is not { } labels)
        {
            Require(
                nothing is not null, nameof(options.Labels), "null",
                $"a label in [0, {classes}) for all samples or for each, since the {name} was not trained to do " +
                "without (LabelDropout)");
            RequireNoGuidance(options, "there are no Labels to guide to");
            return new ClassCondition([nothing!.Value], 1, nothing);
        }
        CheckLabels(labels, classes, count);
        Require(
            options.GuidanceScale == 1 || nothing is not null, nameof(options.GuidanceScale), options.GuidanceScale,
            $"1, or a {nameof(options.NullLabel)}, since the {name} was not trained to do without a class " +
            "(LabelDropout)");
        return options.GuidanceScale == 0
            ? new ClassCondition([nothing!.Value], 1, nothing)
            : new ClassCondition([.. labels], options.GuidanceScale, nothing);
    }

    private static void CheckLabels(IReadOnlyList<long> labels, int classes, int count)
    {
        Require(
            labels.Count == 1 || labels.Count == count, nameof(GenerateOptions.Labels), $"a list of {labels.Count}",
            $"one label for all {count} samples, or {count} labels");
        for (int i = 0; i < labels.Count; i++)
        {
            Require(
                labels[i] >= 0 && labels[i] < classes, $"{nameof(GenerateOptions.Labels)}[{i}]", labels[i],
                $"a class in [0, {classes})");
        }
    }

    private static void RequireNoGuidance(GenerateOptions options, string why) => Require(
        options.GuidanceScale == 1, nameof(options.GuidanceScale), options.GuidanceScale, $"1, since {why}");

    private static void Require(bool holds, string name, object? value, string expected)
    {
        if (!holds)
        {
            throw new ArgumentException($"{name} is {value}; expected {expected}.", name);
        }
    }
}
