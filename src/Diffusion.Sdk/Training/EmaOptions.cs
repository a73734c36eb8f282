using Diffusion.Sdk.Schedulers;

namespace Diffusion.Sdk.Training;

/// <summary>How an <see cref="EmaModel"/> forgets; names and values as in diffusers' EMAModel.</summary>
public sealed record EmaOptions
{
    /// <summary>The largest share of the old average that a step keeps, in [0, 1].</summary>
    /// <value>0.9999.</value>
    public double Decay { get; init; } = 0.9999;

    /// <summary>The smallest such share, in [0, 1]; the first step does not heed it.</summary>
    /// <value>0.</value>
    public double MinDecay { get; init; }

    /// <summary>For how many steps the average is just the weights, at least 0.</summary>
    /// <value>0.</value>
    public long UpdateAfterStep { get; init; }

    /// <summary>
    /// Whether the share rises as 1 - (1 + step / InvGamma)^-Power rather than as (1 + step) / (10 + step).
    /// </summary>
    /// <value>false.</value>
    public bool UseEmaWarmup { get; init; }

    /// <summary>See <see cref="UseEmaWarmup"/>; above 0.</summary>
    /// <value>1.</value>
    public double InvGamma { get; init; } = 1;

    /// <summary>See <see cref="UseEmaWarmup"/>; above 0.</summary>
    /// <value>2 / 3.</value>
    public double Power { get; init; } = 2.0 / 3;

    /// <summary>The share of the old average that a step keeps: 0 on the first.</summary>
    /// <param name="optimizationStep">The step, counted from 1.</param>
    public double DecayAt(long optimizationStep)
    {
        long step = Math.Max(0, optimizationStep - UpdateAfterStep - 1);
        if (step == 0)
        {
            return 0;
        }
        double warm = UseEmaWarmup ? 1 - Math.Pow(1 + step / InvGamma, -Power) : (1.0 + step) / (10 + step);
        return Math.Max(Math.Min(warm, Decay), MinDecay);
    }

    /// <summary>Checks every range and the rules between values.</summary>
    /// <exception cref="ArgumentException">
    /// A value is out of its range; the message names it, the value and what is expected.
    /// </exception>
    public void Validate()
    {
        SchedulerConfigRules.Require(Decay is >= 0 and <= 1, nameof(Decay), Decay, "a number in [0, 1]");
        SchedulerConfigRules.Require(
            MinDecay >= 0 && MinDecay <= Decay, nameof(MinDecay), MinDecay, $"a number in [0, Decay = {Decay}]");
        SchedulerConfigRules.Require(
            UpdateAfterStep >= 0, nameof(UpdateAfterStep), UpdateAfterStep, "an integer of at least 0");
        SchedulerConfigRules.Require(
            InvGamma is > 0 and < double.PositiveInfinity, nameof(InvGamma), InvGamma, "a finite number above 0");
        SchedulerConfigRules.Require(
            Power is > 0 and < double.PositiveInfinity, nameof(Power), Power, "a finite number above 0");
    }
}
