namespace Diffusion.Sdk.Denoisers;

/// <summary>By what a <see cref="Downsample"/> or an <see cref="Upsample"/> changes the size of an image.</summary>
internal enum Resampling
{
    /// <summary>A learned convolution: of stride 2, or after every pixel was repeated.</summary>
    Convolution,

    /// <summary>The mean of four pixels, or a pixel four times.</summary>
    Box,

    /// <summary>The filter (1, 3, 3, 1) in both directions, with zeros beyond the border; Karras et al. 2020
    /// (arXiv:1912.04958), appendix B.</summary>
    Smooth,
}
