using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Means over windows of images.</summary>
public sealed class AvgPool2d : ParameterLessModule<Tensor, Tensor>
{
    internal AvgPool2d(
        long[] kernel_size, long[]? stride, long[]? padding, bool ceil_mode, bool count_include_pad,
        long? divisor_override)
        : base(nameof(AvgPool2d))
    {
        (this.kernel_size, this.stride, this.padding) = (kernel_size, stride, padding);
        (this.ceil_mode, this.count_include_pad) = (ceil_mode, count_include_pad);
        this.divisor_override = divisor_override;
    }

    /// <summary>Height and width of a window, or one number for both.</summary>
    public long[] kernel_size { get; set; }

    /// <summary>Step between windows; null is the window's size.</summary>
    public long[]? stride { get; set; }

    /// <summary>Zeros on both sides; null is none.</summary>
    public long[]? padding { get; set; }

    /// <summary>Whether a window that leaves the image counts.</summary>
    public bool ceil_mode { get; set; }

    /// <summary>Whether padding counts in the mean.</summary>
    public bool count_include_pad { get; set; }

    /// <summary>What sums are divided by, instead of the number of elements.</summary>
    public long? divisor_override { get; set; }

    /// <summary>Maps [N, C, H, W] to [N, C, H', W'].</summary>
    public override Tensor forward(Tensor input) => nn.functional.avg_pool2d(
        input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);
}
