namespace Diffusion.Sdk.Schedulers;

/// <summary>What the denoiser's output stands for.</summary>
public enum PredictionType
{
    /// <summary>The noise epsilon in x_t. Ho et al. 2020 (arXiv:2006.11239), eq. 14.</summary>
    Epsilon,

    /// <summary>The clean sample x_0.</summary>
    Sample,

    /// <summary>The velocity v = sqrt(alpha_bar) epsilon - sqrt(1 - alpha_bar) x_0. Salimans and Ho 2022 (arXiv:2202.00512), section 4.</summary>
    VPrediction,
}
