using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// A level on the way up: ResNet blocks that see their counterparts' channels too, attention after each or not, then
/// the image doubled. Shapes: N batch, C channels, H height, W width.
/// </summary>
internal sealed class UpBlock : nn.Module<Tensor, UNetSignal, Tensor>
{
    [ComponentName(Name = "resnets")]
    private readonly ModuleList<ResnetBlock> _resnets;

    [ComponentName(Name = "attentions")]
    private readonly ModuleList<SelfAttention>? _attentions;

    [ComponentName(Name = "upsamplers")]
    private readonly ModuleList<nn.Module>? _upsamplers;

    /// <param name="resnets">The ResNet blocks.</param>
    /// <param name="attentions">As many, or none.</param>
    /// <param name="upsampler">An <see cref="Upsample"/>, a <see cref="ResnetBlock"/>, or null on the first
    /// level.</param>
    public UpBlock(IEnumerable<ResnetBlock> resnets, IEnumerable<SelfAttention>? attentions, nn.Module? upsampler)
        : base(nameof(UpBlock))
    {
        _resnets = new ModuleList<ResnetBlock>([.. resnets]);
        _attentions = attentions is null ? null : new ModuleList<SelfAttention>([.. attentions]);
        _upsamplers = upsampler is null ? null : new ModuleList<nn.Module>(upsampler);
        RegisterComponents();
    }

    /// <param name="input1">[N, C, H, W].</param>
    /// <param name="input2">Gives what the layers on the way down made.</param>
    /// <returns>[N, C', 2 H, 2 W], or not doubled on the first level; the caller disposes it.</returns>
    public override Tensor forward(Tensor input1, UNetSignal input2)
    {
        using var scope = NewDisposeScope();
        Tensor hidden = input1;
        for (int k = 0; k < _resnets.Count; k++)
        {
            using var layer = NewDisposeScope();
            hidden = _resnets[k].call(input2.Join(hidden), input2.Time);
            hidden = (_attentions?[k].call(hidden) ?? hidden).MoveToOuterDisposeScope();
        }
        hidden = _upsamplers?[0] switch
        {
            ResnetBlock block => block.call(hidden, input2.Time),
            Upsample upsample => upsample.call(hidden),
            _ => hidden,
        };
        return hidden.MoveToOuterDisposeScope();
    }
}
