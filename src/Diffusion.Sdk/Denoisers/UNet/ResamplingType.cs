namespace Diffusion.Sdk.Denoisers;

/// <summary>How the attention levels of a <see cref="UNet2DModel"/> halve or double the image.</summary>
public enum ResamplingType
{
    /// <summary>By a convolution.</summary>
    Conv,

    /// <summary>By a ResNet block that averages or repeats pixels.</summary>
    Resnet,
}
