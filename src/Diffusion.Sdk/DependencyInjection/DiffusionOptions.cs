using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Training;

namespace Diffusion.Sdk.DependencyInjection;

/// <summary>
/// The options of a host, bound from its configuration or changed by <c>with</c>. Checked when the host starts; unknown
/// keys of the configuration are errors.
/// </summary>
public sealed record DiffusionOptions
{
    /// <summary>
    /// How many runs of the host's <see cref="TorchWorker"/> there are at once at most, in [1, 1024]; others wait in
    /// order. All generations are such, and trainings whose <see cref="DiffusionTrainer"/> is given that worker.
    /// </summary>
    /// <value>The number of processors.</value>
    public int MaxConcurrentRuns { get; init; } = Environment.ProcessorCount;

    /// <summary>Whether known faults of diffusers are corrected or repeated.</summary>
    /// <value><see cref="SchedulerCompatibility.Corrected"/>.</value>
    public SchedulerCompatibility Compatibility { get; init; } = SchedulerCompatibility.Corrected;

    /// <summary>The configuration of a <see cref="DdpmScheduler"/> that is resolved by itself; loaded pipelines bring
    /// their own.</summary>
    /// <value>The defaults of diffusers.</value>
    public DdpmSchedulerConfig Scheduler { get; init; } = new();

    /// <summary>The name of the pipeline that is resolved where no name is given.</summary>
    /// <value>null: the only one there is.</value>
    public string? DefaultPipeline { get; init; }

    /// <summary>Pipelines that are loaded from folders, by name.</summary>
    /// <value>Empty.</value>
    public IReadOnlyDictionary<string, PipelineFolderOptions> Pipelines { get; init; } =
        new Dictionary<string, PipelineFolderOptions>();
}
