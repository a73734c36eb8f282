using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Microsoft.Extensions.Logging;

namespace Diffusion.Sdk.Pipelines;

/// <summary>What a pipeline does with its denoiser and where it runs.</summary>
public sealed record DdpmPipelineOptions
{
    /// <summary>Denoising steps where a call does not say how many, at least 1 and at most the training
    /// timesteps.</summary>
    /// <value>null: as many as there are training timesteps.</value>
    public int? DefaultSteps { get; init; }

    /// <summary>
    /// Whether to generate with a model's online weights although averaged ones (EMA) exist for it, which are nearly
    /// always better.
    /// </summary>
    /// <value>false: that is an error.</value>
    public bool AllowOnlineWeights { get; init; }

    /// <summary>
    /// In which numbers the denoiser computes. <see cref="Precision.Auto"/> measures once, before the first run.
    /// </summary>
    /// <value><see cref="Precision.Full"/>.</value>
    public Precision Precision { get; init; } = Precision.Full;

    /// <summary>Whether disposing the pipeline disposes the denoiser. A pipeline that was loaded always owns its
    /// denoiser.</summary>
    /// <value>false.</value>
    public bool OwnsDenoiser { get; init; }

    /// <summary>The threads that runs live on; its <see cref="TorchWorker.MaxConcurrency"/> bounds how many run at
    /// once.</summary>
    /// <value>null: <see cref="TorchWorker.Shared"/>.</value>
    public TorchWorker? Worker { get; init; }

    /// <summary>Is told about runs and about what was found in loaded files.</summary>
    /// <value>null: nobody.</value>
    public ILogger? Logger { get; init; }

    internal static DdpmPipelineOptions Default { get; } = new();
}
