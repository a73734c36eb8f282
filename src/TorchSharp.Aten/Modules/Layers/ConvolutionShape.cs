namespace TorchSharp.Modules;

/// <summary>The sizes of a convolution.</summary>
internal sealed record ConvolutionShape(
    long InChannels, long OutChannels, long[] KernelSize, long[] Stride, long[] Padding, long[] Dilation, long Groups)
{
    public Padding? PaddingType { get; init; }

    public PaddingModes PaddingMode { get; init; } = PaddingModes.Zeros;

    /// <exception cref="ArgumentException">A size makes no convolution.</exception>
    public void Validate()
    {
        Require(InChannels > 0 && OutChannels > 0,
            $"channels must be positive, but are {InChannels} and {OutChannels}");
        Require(Groups > 0 && InChannels % Groups == 0 && OutChannels % Groups == 0,
            $"groups must divide the channels, but {Groups} does not divide {InChannels} and {OutChannels}");
        Require(KernelSize.All(size => size > 0), $"kernel_size must be positive, but is {List(KernelSize)}");
        Require(Stride.All(step => step > 0), $"stride must be positive, but is {List(Stride)}");
        Require(Dilation.All(step => step > 0), $"dilation must be positive, but is {List(Dilation)}");
        Require(Padding.All(width => width >= 0), $"padding must not be negative, but is {List(Padding)}");
        Require(PaddingType != TorchSharp.Padding.Same || Stride.All(step => step == 1),
            $"Padding.Same needs stride 1, but stride is {List(Stride)}");
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ArgumentException($"A convolution's {otherwise}.");
        }
    }

    private static string List(long[] values) => $"[{string.Join(", ", values)}]";
}
