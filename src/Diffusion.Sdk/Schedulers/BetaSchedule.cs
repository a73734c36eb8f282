namespace Diffusion.Sdk.Schedulers;

/// <summary>How the variance beta_t of one forward step grows with the training timestep t, index in [0, T).</summary>
public enum BetaSchedule
{
    /// <summary>Straight line from <c>BetaStart</c> to <c>BetaEnd</c>. Ho et al. 2020 (arXiv:2006.11239), section 4.</summary>
    Linear,

    /// <summary>Straight line in sqrt(beta). Rombach et al. 2022 (arXiv:2112.10752).</summary>
    ScaledLinear,

    /// <summary>Squared-cosine alpha_bar, betas capped at 0.999. Nichol and Dhariwal 2021 (arXiv:2102.09672), eq. 17.</summary>
    SquaredCosCapV2,

    /// <summary>Logistic curve between <c>BetaStart</c> and <c>BetaEnd</c>, as in GeoDiff (arXiv:2203.02923).</summary>
    Sigmoid,

    /// <summary>
    /// Every beta equals <c>BetaEnd</c>; <c>BetaStart</c> is not looked at. diffusers has no name for it, so a config
    /// file says <c>linear</c> with equal ends, which makes the same table.
    /// </summary>
    Constant,
}
