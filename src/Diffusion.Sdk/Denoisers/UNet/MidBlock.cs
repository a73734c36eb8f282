using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// The bottom of the U: ResNet block, attention or not, ResNet block. Shapes: N batch, C channels, H height, W width.
/// </summary>
internal sealed class MidBlock : nn.Module<Tensor, UNetSignal, Tensor>
{
    [ComponentName(Name = "attentions")]
    private readonly ModuleList<SelfAttention>? _attentions;

    [ComponentName(Name = "resnets")]
    private readonly ModuleList<ResnetBlock> _resnets;

    /// <param name="first">The block before the attention.</param>
    /// <param name="attention">The attention, or null.</param>
    /// <param name="second">The block behind it.</param>
    public MidBlock(ResnetBlock first, SelfAttention? attention, ResnetBlock second)
        : base(nameof(MidBlock))
    {
        _attentions = attention is null ? null : new ModuleList<SelfAttention>(attention);
        _resnets = new ModuleList<ResnetBlock>(first, second);
        RegisterComponents();
    }

    /// <param name="input1">[N, C, H, W].</param>
    /// <param name="input2">Has the time.</param>
    /// <returns>[N, C, H, W]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input1, UNetSignal input2)
    {
        using var scope = NewDisposeScope();
        Tensor hidden = _resnets[0].call(input1, input2.Time);
        hidden = _attentions?[0].call(hidden) ?? hidden;
        return _resnets[1].call(hidden, input2.Time).MoveToOuterDisposeScope();
    }
}
