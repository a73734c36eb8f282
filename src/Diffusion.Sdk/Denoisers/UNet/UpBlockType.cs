namespace Diffusion.Sdk.Denoisers;

/// <summary>A level on the way up of a <see cref="UNet2DModel"/>, by diffusers' name of its block.</summary>
public enum UpBlockType
{
    /// <summary>ResNet blocks, then the image doubled and a convolution.</summary>
    UpBlock2D,

    /// <summary>
    /// ResNet blocks, each followed by attention, then what <see cref="UNet2DConfig.UpsampleType"/> says.
    /// </summary>
    AttnUpBlock2D,

    /// <summary>ResNet blocks, then one that doubles the image on the way.</summary>
    ResnetUpsampleBlock2D,

    /// <summary>
    /// ResNet blocks, then one that doubles the image with a smooth filter; each level adds its part to an image that
    /// is the network's output in the end. Song et al. 2021 (arXiv:2011.13456), appendix H.
    /// </summary>
    SkipUpBlock2D,

    /// <summary><see cref="SkipUpBlock2D"/> with one attention after the last ResNet block.</summary>
    AttnSkipUpBlock2D,
}
