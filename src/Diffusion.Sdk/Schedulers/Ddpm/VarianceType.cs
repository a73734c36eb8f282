namespace Diffusion.Sdk.Schedulers;

/// <summary>
/// Which variance sigma_t^2 a DDPM step adds: beta_t, or the posterior's
/// beta~_t = (1 - alpha_bar_{t-1}) / (1 - alpha_bar_t) beta_t (Ho et al. 2020, eq. 7), or one that the network learned.
/// </summary>
public enum VarianceType
{
    /// <summary>beta~_t: right for data that is a single point.</summary>
    FixedSmall,

    /// <summary>beta~_t, computed through its logarithm.</summary>
    FixedSmallLog,

    /// <summary>beta_t: right for data that is standard normal.</summary>
    FixedLarge,

    /// <summary>
    /// beta_t, through its logarithm. diffusers 0.27.2 takes the square root of that logarithm, which is NaN;
    /// <see cref="SchedulerCompatibility.Corrected"/> takes its exponential.
    /// </summary>
    FixedLargeLog,

    /// <summary>The second half of the output's channels is the variance itself.</summary>
    Learned,

    /// <summary>
    /// The second half of the channels, in [-1, 1], interpolates between log beta~_t and log beta_t.
    /// Nichol and Dhariwal 2021 (arXiv:2102.09672), eq. 15.
    /// </summary>
    LearnedRange,
}
