using Diffusion.Sdk.Numerics;
using TorchSharp;
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
        (long count, long channels, long height, long width) =
            (input.size(0), input.size(1), input.size(2), input.size(3));
        (Tensor weight, Tensor bias) = (Together(p => p.weight), Together(p => p.bias!)); // [3 h d, C], [3 h d]
        long[] parted = [count, height * width, 3, _heads, _headChannels];
        Tensor output;
        if (Kernels.ServeConvolution(input))
        {
            var kind = new NormConvShape { Stride = 1 };
            Tensor pixels = ImageLayout.ToPixels(input); // [N, H, W, C]
            Tensor qkv = NormConvFunction.Apply(kind, _norm, pixels, null, weight, bias, null).view(parted);
            Tensor mixed = Mix(qkv).view(count, height, width, -1); // [N, H, W, h d]
            output = NormConvFunction.Apply(kind, null, mixed, null, _output[0].weight, _output[0].bias!, pixels);
        }
        else
        {
            Tensor normed = _norm is null ? input : NormActivation.Apply(_norm, null, input);
            Tensor pixels = ImageLayout.ToPixels(normed).view(-1, channels); // [N L, C]
            Tensor mixed = Mix(nn.functional.linear(pixels, weight, bias).view(parted));
            output = _output[0].call(mixed.reshape(-1, _heads * _headChannels)).view(count, height, width, channels)
                .add_(ImageLayout.ToPixels(input));
        }
        output = ImageLayout.FromPixels(output);
        if (_outputScale != 1)
        {
            output.div_(_outputScale);
        }
        return output.MoveToOuterDisposeScope();
    }

    // One matrix product for queries, keys and values.
    private Tensor Together(Func<Linear, Tensor> part) => cat([part(_query), part(_key), part(_value)], 0);

    // [N, L, 3, h, d] to [N, L, h, d].
    private static Tensor Mix(Tensor qkv)
    {
        if (qkv.device_type == DeviceType.CPU)
        {
            return AttentionFunction.Apply(qkv);
        }
        Tensor heads = qkv.permute(2, 0, 3, 1, 4); // [3, N, h, L, d]
        return nn.functional.scaled_dot_product_attention(heads.select(0, 0), heads.select(0, 1), heads.select(0, 2))
            .transpose(1, 2);
    }
}
