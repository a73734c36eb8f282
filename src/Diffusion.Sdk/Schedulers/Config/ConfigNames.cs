namespace Diffusion.Sdk.Schedulers;

/// <summary>The names that diffusers' config files use for the values of an enum.</summary>
/// <typeparam name="T">The enum.</typeparam>
internal sealed class ConfigNames<T>(params (T Value, string Name)[] pairs)
    where T : struct, Enum
{
    /// <summary>All names, for messages.</summary>
    public string All => string.Join(", ", pairs.Select(pair => $"\"{pair.Name}\""));

    public string NameOf(T value) => pairs.First(pair => EqualityComparer<T>.Default.Equals(pair.Value, value)).Name;

    public T? Find(string name)
    {
        foreach ((T value, string known) in pairs)
        {
            if (known == name)
            {
                return value;
            }
        }
        return null;
    }
}

/// <summary>The tables of <see cref="ConfigNames{T}"/>.</summary>
internal static class ConfigNames
{
    /// <summary><see cref="BetaSchedule.Constant"/> is missing: diffusers has no word for it.</summary>
    public static readonly ConfigNames<BetaSchedule> BetaSchedules = new(
        (BetaSchedule.Linear, "linear"),
        (BetaSchedule.ScaledLinear, "scaled_linear"),
        (BetaSchedule.SquaredCosCapV2, "squaredcos_cap_v2"),
        (BetaSchedule.Sigmoid, "sigmoid"));

    public static readonly ConfigNames<PredictionType> PredictionTypes = new(
        (PredictionType.Epsilon, "epsilon"),
        (PredictionType.Sample, "sample"),
        (PredictionType.VPrediction, "v_prediction"));

    public static readonly ConfigNames<TimestepSpacing> TimestepSpacings = new(
        (TimestepSpacing.Leading, "leading"),
        (TimestepSpacing.Trailing, "trailing"),
        (TimestepSpacing.Linspace, "linspace"));

    public static readonly ConfigNames<VarianceType> VarianceTypes = new(
        (VarianceType.FixedSmall, "fixed_small"),
        (VarianceType.FixedSmallLog, "fixed_small_log"),
        (VarianceType.FixedLarge, "fixed_large"),
        (VarianceType.FixedLargeLog, "fixed_large_log"),
        (VarianceType.Learned, "learned"),
        (VarianceType.LearnedRange, "learned_range"));
}
