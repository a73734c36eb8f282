using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// A level on the way down that looks at the network's input again, at its own size. Shapes: N batch, C channels,
/// H height, W width.
/// </summary>
internal sealed class SkipDownBlock : nn.Module<Tensor, UNetSignal, Tensor>
{
    [ComponentName(Name = "resnets")]
    private readonly ModuleList<ResnetBlock> _resnets;

    [ComponentName(Name = "attentions")]
    private readonly ModuleList<SelfAttention>? _attentions;

    [ComponentName(Name = "resnet_down")]
    private readonly ResnetBlock? _halve;

    [ComponentName(Name = "downsamplers")]
    private readonly ModuleList<Downsample>? _halveImage;

    [ComponentName(Name = "skip_conv")]
    private readonly Conv2d? _fromImage;

    /// <param name="resnets">The ResNet blocks.</param>
    /// <param name="attentions">As many, or none.</param>
    /// <param name="halve">Halves the image; null on the last level.</param>
    /// <param name="channels">C' of its output.</param>
    public SkipDownBlock(
        IEnumerable<ResnetBlock> resnets, IEnumerable<SelfAttention>? attentions, ResnetBlock? halve, int channels)
        : base(nameof(SkipDownBlock))
    {
        _resnets = new ModuleList<ResnetBlock>([.. resnets]);
        _attentions = attentions is null ? null : new ModuleList<SelfAttention>([.. attentions]);
        _halve = halve;
        if (halve is not null)
        {
            _halveImage = new ModuleList<Downsample>(new Downsample(Resampling.Smooth));
            _fromImage = nn.Conv2d(3, channels, 1);
        }
        RegisterComponents();
    }

    /// <param name="input1">[N, C, H, W].</param>
    /// <param name="input2">Takes what every layer made; its image is halved.</param>
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
        if (_halve is not null)
        {
            input2.Image = _halveImage![0].call(input2.Image!).MoveToOuterDisposeScope();
            hidden = _halve.call(hidden, input2.Time).add_(_fromImage!.call(input2.Image)).MoveToOuterDisposeScope();
            input2.Push(hidden);
        }
        return hidden;
    }
}
