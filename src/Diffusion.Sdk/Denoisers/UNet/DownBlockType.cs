namespace Diffusion.Sdk.Denoisers;

/// <summary>A level on the way down of a <see cref="UNet2DModel"/>, by diffusers' name of its block.</summary>
public enum DownBlockType
{
    /// <summary>ResNet blocks, then a convolution of stride 2.</summary>
    DownBlock2D,

    /// <summary>
    /// ResNet blocks, each followed by attention, then what <see cref="UNet2DConfig.DownsampleType"/> says.
    /// </summary>
    AttnDownBlock2D,

    /// <summary>ResNet blocks, then one that halves the image on the way.</summary>
    ResnetDownsampleBlock2D,

    /// <summary>
    /// ResNet blocks, then one that halves the image with a smooth filter and adds the image itself, halved likewise.
    /// Song et al. 2021 (arXiv:2011.13456), appendix H.
    /// </summary>
    SkipDownBlock2D,

    /// <summary><see cref="SkipDownBlock2D"/> with attention after each ResNet block.</summary>
    AttnSkipDownBlock2D,
}
