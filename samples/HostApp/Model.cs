namespace HostApp;

/// <summary>A pipeline that readers can choose.</summary>
/// <param name="Name">Its name among those of AddDiffusion.</param>
/// <param name="Classes">What its classes are called; empty where it has none.</param>
internal sealed record Model(string Name, IReadOnlyList<string> Classes)
{
    /// <summary>The name of the pipeline with the scheduler that samples.</summary>
    internal string Sampler => $"{Name}, DDIM";
}
