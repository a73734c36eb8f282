using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Schedulers;

namespace Diffusion.Sdk.Training;

/// <summary>
/// Everything that decides how a training comes out, as texts by name: a checkpoint carries them, and a run goes on
/// from it only if they are the same.
/// </summary>
internal static class RunSettings
{
    public static SortedDictionary<string, string> Describe(
        TrainingOptions options, Denoiser denoiser, Scheduler scheduler, TrainingData data, Standardization? units)
    {
        LearningRateSchedule rate = options.LearningRateSchedule;
        SortedDictionary<string, string> settings = new(StringComparer.Ordinal)
        {
            ["batch_order"] = Text(options.BatchOrder),
            ["batch_size"] = Text(options.BatchSize),
            ["data"] = Convert.ToHexStringLower(data.Fingerprint()),
            ["denoiser"] = denoiser.ToConfigJson(),
            ["ema"] = JsonSerializer.Serialize(options.Ema),
            ["learning_rate"] = Text(options.LearningRate),
            ["learning_rate_schedule"] = JsonSerializer.Serialize(rate),
            ["loss"] = options.Loss is null ? $"min-SNR gamma {Text(options.MinSnrGamma ?? 0)}" : "the caller's",
            ["max_gradient_norm"] = Text(options.MaxGradientNorm ?? 0),
            ["optimizer"] = string.Join(", ", options.Optimizer, Text(options.Beta1), Text(options.Beta2),
                Text(options.Epsilon), Text(options.WeightDecay)),
            ["scheduler"] = scheduler.Config.ToJson(),
            ["seed"] = Text(options.Seed),
            ["steps"] = Decays(rate) ? Text(options.Steps) : "any",
            ["units"] = units is null ? "of the data" : $"mean {Text(units.Mean)}, scale {Text(units.Scale)}",
        };
        if (options.HorizontalFlips)
        {
            settings["flips"] = "horizontal";
        }
        if (options.LabelDropout > 0)
        {
            settings["label_dropout"] = Text(options.LabelDropout);
        }
        if (denoiser.NumClasses is not null)
        {
            settings["labels"] = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(data.Labels.Span)));
        }
        if (denoiser.ConditionWidth is not null)
        {
            settings["conditions"] =
                Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(data.Conditions.Span)));
        }
        return settings;
    }

    /// <summary>What differs, for a message; null if nothing does.</summary>
    public static string? Difference(IReadOnlyDictionary<string, string> own, IReadOnlyDictionary<string, string> saved)
    {
        string[] differing = [.. own.Keys.Union(saved.Keys).Order(StringComparer.Ordinal)
            .Where(key => own.GetValueOrDefault(key) != saved.GetValueOrDefault(key))
            .Select(key => $"{key} (there {Shown(saved, key)}, here {Shown(own, key)})")];
        return differing.Length == 0 ? null : string.Join(", ", differing);
    }

    public static string Write(IReadOnlyDictionary<string, string> settings) => JsonSerializer.Serialize(settings);

    public static IReadOnlyDictionary<string, string> Read(string json) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(json) ?? [];

    // A schedule that decays towards the last step depends on how many there are; then a run cannot be made longer.
    private static bool Decays(LearningRateSchedule rate) => rate.DecaySteps is null && rate.Shape is
        LearningRateShape.Linear or LearningRateShape.Cosine or
        LearningRateShape.CosineWithRestarts or LearningRateShape.Polynomial;

    private static string Text(IReadOnlyList<float> values) => string.Join(" ", values.Select(value => Text(value)));

    private static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static string Shown(IReadOnlyDictionary<string, string> settings, string key)
    {
        string text = settings.GetValueOrDefault(key, "missing").ReplaceLineEndings(" ");
        return text.Length <= 60 ? text : $"{text.AsSpan(0, 60)}...";
    }
}
