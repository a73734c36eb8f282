namespace Diffusion.Sdk.Training;

/// <summary>
/// What a training does about data that are known to give bad samples: in [0, 1], far off centre, or points that go
/// further than its scheduler clips to.
/// </summary>
public enum DataCheck
{
    /// <summary>It refuses them, and says what to do.</summary>
    Error,

    /// <summary>It logs a warning and goes on.</summary>
    Warn,

    /// <summary>It does not look.</summary>
    Off,
}
