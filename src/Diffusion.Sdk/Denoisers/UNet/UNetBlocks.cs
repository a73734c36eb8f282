using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// The architecture diagram: which layers each of diffusers' block types is made of. Channels are counted as the
/// levels see them: <c>inputs</c> come in, <c>outputs</c> go out.
/// </summary>
/// <param name="config">The architecture.</param>
internal sealed class UNetBlocks(UNet2DConfig config)
{
    // Attention in skip blocks has this many groups, whatever the config says, as in diffusers.
    private const int SkipAttentionGroups = 32;

    private readonly UNetLayers _plain = UNetLayers.Of(config);
    private readonly UNetLayers _skip = UNetLayers.Of(config).ForSkips();

    /// <summary>The levels on the way down, the largest image first.</summary>
    public IEnumerable<nn.Module<Tensor, UNetSignal, Tensor>> Down()
    {
        IReadOnlyList<int> channels = config.BlockOutChannels;
        for (int k = 0; k < channels.Count; k++)
        {
            yield return Down(
                config.DownBlockTypes[k], channels[Math.Max(k - 1, 0)], channels[k], last: k == channels.Count - 1);
        }
    }

    /// <summary>The bottom.</summary>
    public MidBlock Mid()
    {
        int channels = config.BlockOutChannels[^1];
        UNetLayers layers = _plain with { OutputScale = config.MidBlockScaleFactor };
        bool scales = config.ResnetTimeScaleShift == ResnetTimeScaleShift.ScaleShift;
        int? groups = config.AttnNormNumGroups ?? (scales ? null : layers.GroupsOf(channels));
        return new MidBlock(
            new ResnetBlock(channels, channels, layers),
            config.AddAttention ? new SelfAttention(channels, groups, layers) : null,
            new ResnetBlock(channels, channels, layers));
    }

    /// <summary>The levels on the way up, the smallest image first.</summary>
    public IEnumerable<nn.Module<Tensor, UNetSignal, Tensor>> Up()
    {
        int[] channels = [.. config.BlockOutChannels.Reverse()];
        for (int k = 0; k < channels.Length; k++)
        {
            int below = channels[Math.Max(k - 1, 0)];
            int above = channels[Math.Min(k + 1, channels.Length - 1)]; // what the level's first residual has
            yield return Up(config.UpBlockTypes[k], below, above, channels[k], last: k == channels.Length - 1);
        }
    }

    /// <summary>The norm before the output.</summary>
    public GroupNorm OutputNorm() => _plain.Norm(config.BlockOutChannels[0]);

    private nn.Module<Tensor, UNetSignal, Tensor> Down(DownBlockType type, int inputs, int outputs, bool last)
    {
        UNetLayers layers = type.IsSkip() ? _skip : _plain;
        int count = config.LayersPerBlock;
        IEnumerable<ResnetBlock> resnets =
            [.. Enumerable.Range(0, count).Select(k => new ResnetBlock(k == 0 ? inputs : outputs, outputs, layers))];
        IEnumerable<SelfAttention>? attentions = type.HasAttention()
            ? [.. Enumerable.Range(0, count).Select(_ => Attention(outputs, layers))]
            : null;
        if (type.IsSkip())
        {
            ResnetBlock? halve = last
                ? null
                : new ResnetBlock(outputs, outputs, layers, new Downsample(Resampling.Smooth), projects: true);
            return new SkipDownBlock(resnets, attentions, halve, outputs);
        }
        bool byResnet = type == DownBlockType.ResnetDownsampleBlock2D
            || (type == DownBlockType.AttnDownBlock2D && config.DownsampleType == ResamplingType.Resnet);
        nn.Module? downsampler = last ? null
            : byResnet ? new ResnetBlock(outputs, outputs, layers, new Downsample(Resampling.Box))
            : new Downsample(Resampling.Convolution, outputs, config.DownsamplePadding);
        return new DownBlock(resnets, attentions, downsampler);
    }

    private nn.Module<Tensor, UNetSignal, Tensor> Up(UpBlockType type, int below, int above, int outputs, bool last)
    {
        UNetLayers layers = type.IsSkip() ? _skip : _plain;
        int count = config.LayersPerBlock + 1;
        IEnumerable<ResnetBlock> resnets = [.. Enumerable.Range(0, count).Select(k =>
        {
            (int hidden, int residual) = (k == 0 ? below : outputs, k == count - 1 ? above : outputs);
            return new ResnetBlock(
                hidden + residual, outputs, layers, inputGroups: InputGroups(type, hidden, residual));
        })];
        if (type.IsSkip())
        {
            return new SkipUpBlock(
                resnets,
                type.HasAttention() ? Attention(outputs, layers) : null,
                last
                    ? null
                    : new ResnetBlock(outputs, outputs, layers, new Upsample(Resampling.Smooth), projects: true),
                last ? null : layers.Norm(outputs),
                outputs);
        }
        IEnumerable<SelfAttention>? attentions = type.HasAttention()
            ? [.. Enumerable.Range(0, count).Select(_ => Attention(outputs, layers))]
            : null;
        bool byResnet = type == UpBlockType.ResnetUpsampleBlock2D
            || (type == UpBlockType.AttnUpBlock2D && config.UpsampleType == ResamplingType.Resnet);
        nn.Module? upsampler = last ? null
            : byResnet ? new ResnetBlock(outputs, outputs, layers, new Upsample(Resampling.Box))
            : new Upsample(Resampling.Convolution, outputs);
        return new UpBlock(resnets, attentions, upsampler);
    }

    private static SelfAttention Attention(int channels, UNetLayers layers) =>
        new(channels, layers.Groups ?? SkipAttentionGroups, layers);

    // diffusers divides the residual's channels alone by 4 here; weights fit either way, outputs only this way.
    private static int? InputGroups(UpBlockType type, int hidden, int residual) =>
        type == UpBlockType.AttnSkipUpBlock2D ? Math.Min(hidden + residual / 4, SkipAttentionGroups) : null;
}
