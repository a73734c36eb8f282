namespace Diffusion.Sdk.Denoisers;

/// <summary>What a block type's name says about it.</summary>
internal static class UNetBlockTypes
{
    public static bool IsSkip(this DownBlockType type) =>
        type is DownBlockType.SkipDownBlock2D or DownBlockType.AttnSkipDownBlock2D;

    public static bool HasAttention(this DownBlockType type) =>
        type is DownBlockType.AttnDownBlock2D or DownBlockType.AttnSkipDownBlock2D;

    public static bool IsSkip(this UpBlockType type) =>
        type is UpBlockType.SkipUpBlock2D or UpBlockType.AttnSkipUpBlock2D;

    public static bool HasAttention(this UpBlockType type) =>
        type is UpBlockType.AttnUpBlock2D or UpBlockType.AttnSkipUpBlock2D;
}
