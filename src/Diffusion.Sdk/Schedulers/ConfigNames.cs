namespace Diffusion.Sdk.Schedulers;

/// <summary>The names that diffusers' config files use for the values of an enum.</summary>
internal static class ConfigNames
{
    /// <summary><see cref="BetaSchedule.Constant"/> is missing: diffusers has no word for it.</summary>
    public static readonly IReadOnlyDictionary<string, BetaSchedule> BetaSchedules = new Dictionary<string, BetaSchedule>
    {
        ["linear"] = BetaSchedule.Linear,
        ["scaled_linear"] = BetaSchedule.ScaledLinear,
        ["squaredcos_cap_v2"] = BetaSchedule.SquaredCosCapV2,
        ["sigmoid"] = BetaSchedule.Sigmoid,
    };

    public static readonly IReadOnlyDictionary<string, PredictionType> PredictionTypes = new Dictionary<string, PredictionType>
    {
        ["epsilon"] = PredictionType.Epsilon,
        ["sample"] = PredictionType.Sample,
        ["v_prediction"] = PredictionType.VPrediction,
    };

    public static readonly IReadOnlyDictionary<string, TimestepSpacing> TimestepSpacings = new Dictionary<string, TimestepSpacing>
    {
        ["leading"] = TimestepSpacing.Leading,
        ["trailing"] = TimestepSpacing.Trailing,
        ["linspace"] = TimestepSpacing.Linspace,
    };

    public static readonly IReadOnlyDictionary<string, VarianceType> VarianceTypes = new Dictionary<string, VarianceType>
    {
        ["fixed_small"] = VarianceType.FixedSmall,
        ["fixed_small_log"] = VarianceType.FixedSmallLog,
        ["fixed_large"] = VarianceType.FixedLarge,
        ["fixed_large_log"] = VarianceType.FixedLargeLog,
        ["learned"] = VarianceType.Learned,
        ["learned_range"] = VarianceType.LearnedRange,
    };

    /// <summary>The name of a value.</summary>
    public static string NameOf<T>(this IReadOnlyDictionary<string, T> names, T value)
        where T : struct, Enum =>
        names.First(pair => EqualityComparer<T>.Default.Equals(pair.Value, value)).Key;
}
