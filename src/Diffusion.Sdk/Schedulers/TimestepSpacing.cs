namespace Diffusion.Sdk.Schedulers;

/// <summary>How N inference timesteps are picked from T training timesteps. Lin et al. 2023 (arXiv:2305.08891), table 2.</summary>
public enum TimestepSpacing
{
    /// <summary>Multiples of floor(T / N), moved up by <c>StepsOffset</c>; ends at 0 but starts below T - 1.</summary>
    Leading,

    /// <summary>Counted down from T - 1 in steps of T / N; starts at T - 1 but ends above 0.</summary>
    Trailing,

    /// <summary>Evenly from T - 1 to 0, both included.</summary>
    Linspace,
}
