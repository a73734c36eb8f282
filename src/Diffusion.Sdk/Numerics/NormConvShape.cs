using System.Runtime.InteropServices;

namespace Diffusion.Sdk.Numerics;

/// <summary>A convolution with a norm before it, as dk_norm_conv in src/Diffusion.Kernels/kernels.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal record struct NormConvShape
{
    public long Images, Height, Width, Inputs, Outputs, Size, Stride, Doubled, Groups, Silu;
    public float Eps;

    /// <summary>Height of the result.</summary>
    public readonly long OutputHeight => ((Height << (int)Doubled) + Stride - 1) / Stride;

    /// <summary>Width of the result.</summary>
    public readonly long OutputWidth => ((Width << (int)Doubled) + Stride - 1) / Stride;
}
