using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What all convolutions share.</summary>
public abstract class Convolution : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = nameof(weight))]
    private Parameter? _weight;

    [ComponentName(Name = nameof(bias))]
    private Parameter? _bias;

    private protected Convolution(string name, ConvolutionShape shape, bool bias, Device? device, ScalarType? dtype)
        : base(name)
    {
        shape.Validate();
        (in_channels, out_channels, groups) = (shape.InChannels, shape.OutChannels, shape.Groups);
        (kernel_size, stride, dilation) = (shape.KernelSize, shape.Stride, shape.Dilation);
        (padding, padding_type, padding_mode) = (shape.Padding, shape.PaddingType, shape.PaddingMode);
        weight = new Parameter(empty([out_channels, in_channels / groups, .. kernel_size], dtype, device));
        this.bias = bias ? new Parameter(empty([out_channels], dtype, device)) : null;
        reset_parameters();
    }

    /// <summary>Channels of the input.</summary>
    public long in_channels { get; }

    /// <summary>Channels of the output.</summary>
    public long out_channels { get; }

    /// <summary>Size of the kernel in each dimension.</summary>
    public long[] kernel_size { get; set; }

    /// <summary>Step of the kernel in each dimension.</summary>
    public long[] stride { get; set; }

    /// <summary>Padding on both sides of each dimension; unused when <see cref="padding_type"/> is given.</summary>
    public long[] padding { get; }

    /// <summary>Padding by rule rather than by number.</summary>
    public Padding? padding_type { get; }

    /// <summary>What the padding is filled with.</summary>
    public PaddingModes padding_mode { get; set; }

    /// <summary>Distance of the kernel's points in each dimension.</summary>
    public long[] dilation { get; set; }

    /// <summary>Number of groups of channels that do not see each other.</summary>
    public long groups { get; set; }

    /// <summary>Kernel [out_channels, in_channels / groups, kernel_size...].</summary>
    public Parameter weight
    {
        get => _weight!;
        set => ReplaceParameter(nameof(weight), ref _weight, value);
    }

    /// <summary>Bias [out_channels], or null.</summary>
    public Parameter? bias
    {
        get => _bias;
        set => ReplaceParameter(nameof(bias), ref _bias, value);
    }

    /// <summary>Draws kernel and bias anew from U(-1/sqrt(fan_in), 1/sqrt(fan_in)).</summary>
    public void reset_parameters()
    {
        nn.init.kaiming_uniform_(weight, a: Math.Sqrt(5));
        nn.init.BiasUniform(bias, weight);
    }

    /// <summary>The padding of both sides, last dimension first, as <c>pad</c> takes it.</summary>
    private protected long[] PadWidths()
    {
        var widths = new long[2 * kernel_size.Length];
        for (int k = 0; k < kernel_size.Length; k++)
        {
            long total = padding_type switch
            {
                null => 2 * padding[k],
                Padding.Same => dilation[k] * (kernel_size[k] - 1),
                _ => 0,
            };
            int place = 2 * (kernel_size.Length - 1 - k);
            (widths[place], widths[place + 1]) = (total / 2, total - total / 2);
        }
        return widths;
    }
}
