using System.Runtime.CompilerServices;

namespace Diffusion.Sdk.Schedulers;

/// <summary>The ranges of a scheduler's configuration, and the rules between values.</summary>
internal static class SchedulerConfigRules
{
    public static void Check(SchedulerConfig config)
    {
        AtLeast(config.NumTrainTimesteps, config.RescaleBetasZeroSnr ? 2 : 1, nameof(config.NumTrainTimesteps));
        Beta(config.BetaStart, nameof(config.BetaStart));
        Beta(config.BetaEnd, nameof(config.BetaEnd));
        Defined(config.BetaSchedule);
        Defined(config.PredictionType);
        Defined(config.TimestepSpacing);
        Require(
            config.StepsOffset >= 0 && config.StepsOffset < config.NumTrainTimesteps,
            nameof(config.StepsOffset), config.StepsOffset, $"an integer in [0, NumTrainTimesteps = {config.NumTrainTimesteps})");
        Require(
            !string.IsNullOrEmpty(config.DiffusersVersion),
            nameof(config.DiffusersVersion), config.DiffusersVersion, "a version such as \"0.27.2\"");
        if (config.TrainedBetas is { } given)
        {
            Given(given, config.NumTrainTimesteps);
        }
        else if (config.BetaSchedule is BetaSchedule.Linear or BetaSchedule.ScaledLinear or BetaSchedule.Sigmoid)
        {
            Require(
                config.BetaStart <= config.BetaEnd,
                nameof(config.BetaStart), config.BetaStart, $"at most BetaEnd = {config.BetaEnd}");
        }
    }

    public static void AtLeast(int value, int least, string name) =>
        Require(value >= least, name, value, $"an integer of at least {least}");

    public static void Defined<T>(T value, [CallerArgumentExpression(nameof(value))] string name = "")
        where T : struct, Enum =>
        Require(Enum.IsDefined(value), name[(name.LastIndexOf('.') + 1)..], value, $"one of {string.Join(", ", Enum.GetNames<T>())}");

    /// <summary>NaN never passes a range check, because every condition here is written so that NaN is false.</summary>
    public static void Require(bool holds, string name, object? value, string expected)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; expected {expected}.");
        }
    }

    private static void Beta(double value, string name) => Require(value is > 0 and < 1, name, value, "a number in (0, 1)");

    private static void Given(IReadOnlyList<double> betas, int trained)
    {
        Require(
            betas.Count == trained,
            nameof(SchedulerConfig.TrainedBetas), $"a list of {betas.Count} numbers", $"NumTrainTimesteps = {trained} numbers");
        for (int t = 0; t < betas.Count; t++)
        {
            bool last = t == betas.Count - 1;
            Require(
                betas[t] is > 0 and < 1 || (last && betas[t] == 1),
                $"{nameof(SchedulerConfig.TrainedBetas)}[{t}]", betas[t], last ? "a number in (0, 1]" : "a number in (0, 1)");
        }
    }
}
