namespace Diffusion.Sdk.Denoisers;

/// <summary>Which of a training's weights a denoiser holds.</summary>
public enum WeightsKind
{
    /// <summary>The weights that the optimizer works on.</summary>
    Online,

    /// <summary>An exponential moving average of them.</summary>
    Ema,
}
