using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// A level on the way down: ResNet blocks, attention after each or not, then the image halved. Shapes: N batch,
/// C channels, H height, W width.
/// </summary>
internal sealed class DownBlock : nn.Module<Tensor, UNetSignal, Tensor>
{
    [ComponentName(Name = "resnets")]
    private readonly ModuleList<ResnetBlock> _resnets;

    [ComponentName(Name = "attentions")]
    private readonly ModuleList<SelfAttention>? _attentions;

    [ComponentName(Name = "downsamplers")]
    private readonly ModuleList<nn.Module>? _downsamplers;

    /// <param name="resnets">The ResNet blocks.</param>
    /// <param name="attentions">As many, or none.</param>
    /// <param name="downsampler">A <see cref="Downsample"/>, a <see cref="ResnetBlock"/>, or null on the last
    /// level.</param>
    public DownBlock(
        IEnumerable<ResnetBlock> resnets, IEnumerable<SelfAttention>? attentions, nn.Module? downsampler)
        : base(nameof(DownBlock))
    {
        _resnets = new ModuleList<ResnetBlock>([.. resnets]);
        _attentions = attentions is null ? null : new ModuleList<SelfAttention>([.. attentions]);
        _downsamplers = downsampler is null ? null : new ModuleList<nn.Module>(downsampler);
        RegisterComponents();
    }

    /// <param name="input1">[N, C, H, W].</param>
    /// <param name="input2">Takes what every layer made.</param>
    /// <returns>[N, C', H / 2, W / 2], or not halved on the last level.</returns>
    public override Tensor forward(Tensor input1, UNetSignal input2)
    {
        using var scope = NewDisposeScope();
        Tensor hidden = input1;
        for (int k = 0; k < _resnets.Count; k++)
        {
            hidden = _resnets[k].call(hidden, input2.Time);
            hidden = (_attentions?[k].call(hidden) ?? hidden).MoveToOuterDisposeScope();
            input2.Push(hidden);
        }
        if (_downsamplers is not null)
        {
            hidden = (_downsamplers[0] is ResnetBlock block
                ? block.call(hidden, input2.Time)
                : ((Downsample)_downsamplers[0]).call(hidden)).MoveToOuterDisposeScope();
            input2.Push(hidden);
        }
        return hidden;
    }
}
