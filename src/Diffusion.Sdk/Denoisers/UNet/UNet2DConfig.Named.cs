namespace Diffusion.Sdk.Denoisers;

// Architectures by what they are for.
public sealed partial record UNet2DConfig
{
    /// <summary>
    /// Grey images of 28 x 28 on a processor of few cores: narrow where the image is large, attention only at 7 x 7.
    /// </summary>
    public static UNet2DConfig SmallCpu { get; } = new()
    {
        SampleSize = 28,
        InChannels = 1,
        OutChannels = 1,
        BlockOutChannels = [16, 32, 64],
        DownBlockTypes = [DownBlockType.DownBlock2D, DownBlockType.DownBlock2D, DownBlockType.AttnDownBlock2D],
        UpBlockTypes = [UpBlockType.AttnUpBlock2D, UpBlockType.UpBlock2D, UpBlockType.UpBlock2D],
        LayersPerBlock = 1,
        NormNumGroups = 8,
        AttentionHeadDim = 16,
    };

    /// <summary>
    /// Grey images of 28 x 28 on a GPU: attention at 14 x 14 and 7 x 7, about 16 million parameters.
    /// </summary>
    public static UNet2DConfig Gpu { get; } = new()
    {
        SampleSize = 28,
        InChannels = 1,
        OutChannels = 1,
        BlockOutChannels = [64, 128, 256],
        DownBlockTypes = [DownBlockType.DownBlock2D, DownBlockType.AttnDownBlock2D, DownBlockType.AttnDownBlock2D],
        UpBlockTypes = [UpBlockType.AttnUpBlock2D, UpBlockType.AttnUpBlock2D, UpBlockType.UpBlock2D],
        LayersPerBlock = 2,
        NormNumGroups = 32,
        AttentionHeadDim = 32,
    };
}
