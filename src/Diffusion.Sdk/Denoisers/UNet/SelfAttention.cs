using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// Attention of every pixel to every other, and the input added, as diffusers' Attention in a U-Net without text.
/// Vaswani et al. 2017 (arXiv:1706.03762), section 3.2. Shapes: N batch, C channels, L pixels, h heads, d channels of
/// a head.
/// </summary>
internal sealed class SelfAttention : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "group_norm")]
    private readonly GroupNorm? _norm;

    [ComponentName(Name = "to_q")]
    private readonly Linear _query;

    [ComponentName(Name = "to_k")]
    private readonly Linear _key;

    [ComponentName(Name = "to_v")]
    private readonly Linear _value;

    [ComponentName(Name = "to_out")]
    private readonly ModuleList<Linear> _output;

    private readonly int _heads;
    private readonly int _headChannels;
    private readonly double _outputScale;

    /// <param name="channels">C.</param>
    /// <param name="groups">Groups of the norm; null for none.</param>
    /// <param name="layers">What it shares with its block.</param>
    public SelfAttention(int channels, int? groups, UNetLayers layers)
        : base(nameof(SelfAttention))
    {
        _headChannels = layers.HeadChannels ?? channels;
        _heads = channels / _headChannels;
        _outputScale = layers.OutputScale;
        int inner = _heads * _headChannels;
        _norm = groups is null ? null : layers.Norm(channels, groups);
        _query = nn.Linear(channels, inner);
        _key = nn.Linear(channels, inner);
        _value = nn.Linear(channels, inner);
        _output = nn.ModuleList(nn.Linear(inner, channels));
        RegisterComponents();
    }

    /// <param name="input">[N, C, H, W].</param>
    /// <returns>[N, C, H, W]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor pixels = (_norm is null ? input : _norm.call(input)).flatten(2).transpose(1, 2); // [N, L, C]
        Tensor query = Split(_query.call(pixels)).mul_(1 / Math.Sqrt(_headChannels));
        Tensor scores = query.bmm(Split(_key.call(pixels)).transpose(1, 2)); // [N h, L, L]
        Tensor mixed = nn.functional.softmax(scores, -1).bmm(Split(_value.call(pixels))); // [N h, L, d]
        Tensor output = _output[0].call(Merge(mixed)).transpose(1, 2).reshape(input.shape);
        output = output.add(input);
        if (_outputScale != 1)
        {
            output.div_(_outputScale);
        }
        return output.MoveToOuterDisposeScope();
    }

    // [N, L, h d] as [N h, L, d].
    private Tensor Split(Tensor pixels)
    {
        (long count, long length) = (pixels.shape[0], pixels.shape[1]);
        return pixels.view(count, length, _heads, _headChannels).transpose(1, 2)
            .reshape(count * _heads, length, _headChannels);
    }

    // [N h, L, d] as [N, L, h d].
    private Tensor Merge(Tensor heads)
    {
        (long count, long length) = (heads.shape[0] / _heads, heads.shape[1]);
        return heads.view(count, _heads, length, _headChannels).transpose(1, 2)
            .reshape(count, length, _heads * _headChannels);
    }
}
