namespace Diffusion.Sdk.Denoisers;

/// <summary>How the time embedding enters a ResNet block.</summary>
public enum ResnetTimeScaleShift
{
    /// <summary>It is added after the first convolution.</summary>
    Default,

    /// <summary>
    /// It scales and shifts after the second norm. The attention in the middle then has no norm unless
    /// <see cref="UNet2DConfig.AttnNormNumGroups"/> is given, as in diffusers.
    /// </summary>
    ScaleShift,
}
