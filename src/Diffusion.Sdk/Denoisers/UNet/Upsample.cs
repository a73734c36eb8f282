using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>Doubles an image. Shapes: N batch, C channels, H height, W width.</summary>
internal sealed class Upsample : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv")]
    private readonly Conv2d? _conv;

    private readonly Resampling _by;

    /// <param name="by">How.</param>
    /// <param name="channels">C; only a convolution needs it.</param>
    public Upsample(Resampling by, int channels = 0)
        : base(nameof(Upsample))
    {
        _by = by;
        _conv = by == Resampling.Convolution ? nn.Conv2d(channels, channels, 3, padding: 1) : null;
        RegisterComponents();
    }

    /// <param name="input">[N, C, H, W].</param>
    /// <returns>[N, C, 2 H, 2 W]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor output = _by switch
        {
            Resampling.Convolution => NormConvolution.Apply(_conv!, input, doubled: true),
            Resampling.Box => Repeat(input),
            _ => Smooth(input),
        };
        return output.MoveToOuterDisposeScope();
    }

    private static Tensor Repeat(Tensor input) => nn.functional.interpolate(input, scale_factor: [2, 2]);

    // Between zeros, bilinear interpolation weighs the two nearest pixels 3 to 1, as the filter (1, 3, 3, 1) / 4 does.
    private static Tensor Smooth(Tensor input)
    {
        (long height, long width) = (input.size(2), input.size(3));
        Tensor framed = nn.functional.pad(input, (1, 1, 1, 1)); // [N, C, H + 2, W + 2]
        Tensor doubled = nn.functional.interpolate(
            framed, scale_factor: [2, 2], mode: InterpolationMode.Bilinear, align_corners: false);
        return doubled.narrow(2, 2, 2 * height).narrow(3, 2, 2 * width);
    }
}
