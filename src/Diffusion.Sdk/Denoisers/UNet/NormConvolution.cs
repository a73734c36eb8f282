using Diffusion.Sdk.Numerics;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// A convolution with what stands before and behind it in a U-Net: in one kernel where there is one for it, else
/// operator by operator. Shapes: N batch, C channels, H height, W width.
/// </summary>
internal static class NormConvolution
{
    /// <summary>conv(activation(norm(input + shift))) + residual.</summary>
    /// <param name="norm">The norm.</param>
    /// <param name="activation">The activation.</param>
    /// <param name="conv">The convolution.</param>
    /// <param name="input">[N, C, H, W]; with a shift it may be overwritten.</param>
    /// <param name="shift">[N, C], or null for none.</param>
    /// <param name="residual">[N, C', H', W'], or null for none.</param>
    /// <returns>[N, C', H', W']; belongs to the current scope.</returns>
    public static Tensor Apply(
        GroupNorm norm, Activation activation, Conv2d conv, Tensor input, Tensor? shift = null, Tensor? residual = null)
    {
        if (activation == Activation.Silu && Serves(conv, input))
        {
            var kind = new NormConvShape { Stride = conv.stride[0], Silu = 1 };
            return ByKernel(kind, norm, conv, input, shift, residual);
        }
        Tensor output = conv.call(NormActivation.Apply(norm, activation, input, shift));
        return residual is null ? output : output.add_(residual);
    }

    /// <summary>conv(input), each of its pixels repeated in both directions first if asked.</summary>
    /// <param name="conv">The convolution.</param>
    /// <param name="input">[N, C, H, W].</param>
    /// <param name="doubled">Whether pixels are repeated.</param>
    /// <returns>[N, C', H', W']; belongs to the current scope.</returns>
    public static Tensor Apply(Conv2d conv, Tensor input, bool doubled = false) => Serves(conv, input)
        ? ByKernel(
            new NormConvShape { Stride = conv.stride[0], Doubled = doubled ? 1 : 0 }, null, conv, input, null, null)
        : conv.call(doubled ? nn.functional.interpolate(input, scale_factor: [2, 2]) : input);

    // Those that a U-Net has: size 1 or 3, the image no smaller but for the stride.
    private static bool Serves(Conv2d conv, Tensor input) =>
        Kernels.ServeConvolution(input) && conv.kernel_size[0] / 2 == conv.padding[0];

    private static Tensor ByKernel(
        NormConvShape kind, GroupNorm? norm, Conv2d conv, Tensor input, Tensor? shift, Tensor? residual)
    {
        using var scope = NewDisposeScope();
        Tensor output = NormConvFunction.Apply(
            kind, norm, ImageLayout.ToPixels(input), shift?.contiguous(), conv.weight, conv.bias!,
            residual is null ? null : ImageLayout.ToPixels(residual));
        return ImageLayout.FromPixels(output).MoveToOuterDisposeScope();
    }
}
