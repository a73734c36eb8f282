using Diffusion.Sdk.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// The order of an image's values in memory. With the channels of a pixel side by side, a processor's convolutions and
/// attentions need no reordering; shapes stay [N, C, H, W].
/// </summary>
internal static class ImageLayout
{
    /// <summary>Whether the channels of each pixel lie side by side.</summary>
    public static bool IsChannelsLast(Tensor images) =>
        images.stride(1) == 1 && images.stride(3) == images.size(1)
            && images.stride(2) == images.size(3) * images.size(1);

    /// <summary>
    /// The layout to compute in: channels last on a processor, with gradients only where kernels do the norms, since
    /// libtorch's own are slow in this layout.
    /// </summary>
    /// <returns>The images themselves, or a copy.</returns>
    public static Tensor ForComputing(Tensor images) =>
        Kernels.Serve(images) || (images.device_type == DeviceType.CPU && !is_grad_enabled())
            ? FromPixels(ToPixels(images))
            : images;

    /// <summary>[N, C, H, W] as [N, H, W, C], contiguous: a view where channels are last, else a copy.</summary>
    public static Tensor ToPixels(Tensor images) => images.permute(0, 2, 3, 1).contiguous();

    /// <summary>[N, H, W, C] as [N, C, H, W], a view.</summary>
    public static Tensor FromPixels(Tensor pixels) => pixels.permute(0, 3, 1, 2);
}
