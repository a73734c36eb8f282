using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Pipelines;

namespace Diffusion.Sdk.DependencyInjection;

/// <summary>A pipeline that a host loads from a folder when it is first asked for.</summary>
public sealed record PipelineFolderOptions
{
    /// <summary>The folder that holds model_index.json; in a host, a relative one is in its content root.</summary>
    /// <value>Empty, which is an error.</value>
    public string Folder { get; init; } = "";

    /// <summary>As <see cref="DdpmPipelineOptions.DefaultSteps"/>; at least 1.</summary>
    /// <value>null.</value>
    public int? DefaultSteps { get; init; }

    /// <summary>As <see cref="DdpmPipelineOptions.AllowOnlineWeights"/>.</summary>
    /// <value>false.</value>
    public bool AllowOnlineWeights { get; init; }

    /// <summary>As <see cref="DdpmPipelineOptions.Precision"/>.</summary>
    /// <value><see cref="Precision.Full"/>.</value>
    public Precision Precision { get; init; } = Precision.Full;
}
