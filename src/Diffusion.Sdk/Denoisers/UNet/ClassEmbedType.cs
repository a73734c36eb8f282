namespace Diffusion.Sdk.Denoisers;

/// <summary>How a <see cref="UNet2DModel"/> turns class labels into numbers, where it is not by a table.</summary>
public enum ClassEmbedType
{
    /// <summary>Labels, int64 [N], go the way of timesteps, with a network of their own.</summary>
    Timestep,

    /// <summary>Labels are vectors, float32 [N, 4 * first channels], added to the time embedding as they are.</summary>
    Identity,
}
