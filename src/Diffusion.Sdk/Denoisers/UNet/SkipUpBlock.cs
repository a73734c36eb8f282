using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// A level on the way up that adds its part to the network's output, at its own size. Shapes: N batch, C channels,
/// H height, W width.
/// </summary>
internal sealed class SkipUpBlock : nn.Module<Tensor, UNetSignal, Tensor>
{
    [ComponentName(Name = "resnets")]
    private readonly ModuleList<ResnetBlock> _resnets;

    [ComponentName(Name = "attentions")]
    private readonly ModuleList<SelfAttention>? _attentions;

    [ComponentName(Name = "upsampler")]
    private readonly Upsample _doubleImage = new(Resampling.Smooth);

    [ComponentName(Name = "resnet_up")]
    private readonly ResnetBlock? _double;

    [ComponentName(Name = "skip_conv")]
    private readonly Conv2d? _toImage;

    [ComponentName(Name = "skip_norm")]
    private readonly GroupNorm? _norm;

    /// <param name="resnets">The ResNet blocks.</param>
    /// <param name="attention">One attention behind them all, or null.</param>
    /// <param name="doubling">Doubles the image; null on the first level.</param>
    /// <param name="norm">The norm before the part of the output; null on the first level.</param>
    /// <param name="channels">C' of its output.</param>
    public SkipUpBlock(
        IEnumerable<ResnetBlock> resnets, SelfAttention? attention, ResnetBlock? doubling, GroupNorm? norm,
        int channels)
        : base(nameof(SkipUpBlock))
    {
        _resnets = new ModuleList<ResnetBlock>([.. resnets]);
        _attentions = attention is null ? null : new ModuleList<SelfAttention>(attention);
        (_double, _norm) = (doubling, norm);
        _toImage = doubling is null ? null : nn.Conv2d(channels, 3, 3, padding: 1);
        RegisterComponents();
    }

    /// <param name="input1">[N, C, H, W].</param>
    /// <param name="input2">Gives what the layers on the way down made; its image is doubled and added to.</param>
    /// <returns>[N, C', 2 H, 2 W], or not doubled on the first level; the caller disposes it.</returns>
    public override Tensor forward(Tensor input1, UNetSignal input2)
    {
        using var scope = NewDisposeScope();
        Tensor hidden = input1;
        for (int k = 0; k < _resnets.Count; k++)
        {
            using var layer = NewDisposeScope();
            hidden = _resnets[k].call(input2.Join(hidden), input2.Time).MoveToOuterDisposeScope();
        }
        hidden = _attentions?[0].call(hidden) ?? hidden;
        Tensor? image = input2.Image is null ? null : _doubleImage.call(input2.Image);
        if (_double is not null)
        {
            Tensor part = NormConvolution.Apply(_norm!, Activation.Silu, _toImage!, hidden);
            image = image is null ? part : part.add_(image);
            hidden = _double.call(hidden, input2.Time);
        }
        input2.Image = image?.MoveToOuterDisposeScope();
        return hidden.MoveToOuterDisposeScope();
    }
}
