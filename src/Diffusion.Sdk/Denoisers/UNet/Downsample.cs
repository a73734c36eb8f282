using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>Halves an image. Shapes: N batch, C channels, H height, W width.</summary>
internal sealed class Downsample : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv")]
    private readonly Conv2d? _conv;

    private readonly Resampling _by;
    private readonly int _padding;

    /// <param name="by">How.</param>
    /// <param name="channels">C; only a convolution needs it.</param>
    /// <param name="padding">Of a convolution; 0 pads the right and the bottom alone.</param>
    public Downsample(Resampling by, int channels = 0, int padding = 1)
        : base(nameof(Downsample))
    {
        (_by, _padding) = (by, padding);
        _conv = by == Resampling.Convolution ? nn.Conv2d(channels, channels, 3, stride: 2, padding: padding) : null;
        RegisterComponents();
    }

    /// <param name="input">[N, C, H, W].</param>
    /// <returns>[N, C, H / 2, W / 2]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor output = _by switch
        {
            Resampling.Convolution => NormConvolution.Apply(
                _conv!, _padding == 0 ? nn.functional.pad(input, (0, 1, 0, 1)) : input),
            Resampling.Box => nn.functional.avg_pool2d(input, 2),
            _ => Smooth(input),
        };
        return output.MoveToOuterDisposeScope();
    }

    // (1, 3, 3, 1) / 8 is the box (1, 1) / 2 three times.
    private static Tensor Smooth(Tensor input)
    {
        Tensor once = nn.functional.avg_pool2d(input, 2, stride: 1, padding: 1); // [N, C, H + 1, W + 1]
        Tensor twice = nn.functional.avg_pool2d(once, 2, stride: 1); // [N, C, H, W]
        return nn.functional.avg_pool2d(twice, 2);
    }
}
