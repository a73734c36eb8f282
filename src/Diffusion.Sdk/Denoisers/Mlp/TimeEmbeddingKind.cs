namespace Diffusion.Sdk.Denoisers;

/// <summary>How <see cref="MlpDenoiser"/> turns a timestep into numbers.</summary>
public enum TimeEmbeddingKind
{
    /// <summary>Sines and cosines: any timestep, nothing to learn.</summary>
    Sinusoidal,

    /// <summary>A learned row per timestep.</summary>
    Learned,
}
