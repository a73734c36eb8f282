namespace Diffusion.Sdk.Training;

/// <summary>What a training does about data that are known to train badly: in [0, 1], or far off centre.</summary>
public enum DataCheck
{
    /// <summary>It refuses them, and says what to do.</summary>
    Error,

    /// <summary>It logs a warning and goes on.</summary>
    Warn,

    /// <summary>It does not look.</summary>
    Off,
}
