using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Largest values in windows of images.</summary>
public sealed class MaxPool2d : ParameterLessModule<Tensor, Tensor>
{
    internal MaxPool2d(long[] kernel_size, long[]? stride, long[]? padding, long[]? dilation, bool ceil_mode)
        : base(nameof(MaxPool2d))
    {
        (this.kernel_size, this.stride, this.padding) = (kernel_size, stride, padding);
        (this.dilation, this.ceil_mode) = (dilation, ceil_mode);
    }

    /// <summary>Height and width of a window, or one number for both.</summary>
    public long[] kernel_size { get; set; }

    /// <summary>Step between windows; null is the window's size.</summary>
    public long[]? stride { get; set; }

    /// <summary>Padding on both sides, which never wins; null is none.</summary>
    public long[]? padding { get; set; }

    /// <summary>Distance of a window's points; null is 1.</summary>
    public long[]? dilation { get; set; }

    /// <summary>Whether a window that leaves the image counts.</summary>
    public bool ceil_mode { get; set; }

    /// <summary>Maps [N, C, H, W] to [N, C, H', W'].</summary>
    public override Tensor forward(Tensor input) =>
        nn.functional.max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode);
}
