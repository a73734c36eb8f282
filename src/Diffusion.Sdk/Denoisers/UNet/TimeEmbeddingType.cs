namespace Diffusion.Sdk.Denoisers;

/// <summary>How a <see cref="UNet2DModel"/> turns a timestep into numbers.</summary>
public enum TimeEmbeddingType
{
    /// <summary>Sines and cosines, as <see cref="Timesteps"/> makes them.</summary>
    Positional,

    /// <summary>
    /// Random Fourier features of the timestep's logarithm, as <see cref="GaussianFourierProjection"/> makes them.
    /// The network's output is divided by the timestep, which must be above 0.
    /// </summary>
    Fourier,

    /// <summary>A learned row per timestep.</summary>
    Learned,
}
