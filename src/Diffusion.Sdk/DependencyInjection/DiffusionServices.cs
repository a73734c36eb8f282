using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Diffusion.Sdk.DependencyInjection;

/// <summary>How the container makes each service.</summary>
internal static class DiffusionServices
{
    public static DiffusionOptions Options(IServiceProvider services) =>
        services.GetRequiredService<IOptions<DiffusionOptions>>().Value;

    public static TorchWorker Worker(IServiceProvider services) => new(Options(services).MaxConcurrentRuns);

    public static DdpmScheduler Scheduler(IServiceProvider services)
    {
        DiffusionOptions options = Options(services);
        return new DdpmScheduler(options.Scheduler, options.Compatibility);
    }

    public static DenoiserRegistry Denoisers(IServiceProvider services) =>
        services.GetServices<DenoiserRegistration>().Aggregate(
            DenoiserRegistry.Default, (registry, added) => registry.With(added.ClassName, added.Create));

    public static DdpmPipelineOptions PipelineOptions(IServiceProvider services) => new()
    {
        Worker = services.GetRequiredService<TorchWorker>(),
        Logger = services.GetService<ILoggerFactory>()?.CreateLogger<DdpmPipeline>(),
    };

    /// <summary>The pipeline that no name was given for.</summary>
    public static DdpmPipeline DefaultPipeline(IServiceProvider services)
    {
        string[] names = [.. services.GetServices<PipelineRegistration>().Select(registration => registration.Name)];
        string name = (Options(services).DefaultPipeline, names) switch
        {
            ({ } wanted, _) => wanted,
            (_, [var only]) => only,
            (_, []) => throw new InvalidOperationException(
                "No pipeline is registered. AddDiffusion().AddPipeline(name, folder) registers one."),
            _ => throw new InvalidOperationException(
                $"{names.Length} pipelines are registered " +
                $"({string.Join(", ", names.Select(name => $"\"{name}\""))}), so one is resolved by its name, or " +
                $"{nameof(DiffusionOptions)}.{nameof(DiffusionOptions.DefaultPipeline)} says which is the default."),
        };
        return services.GetRequiredKeyedService<DdpmPipeline>(name);
    }

    /// <summary>Loads the pipeline whose folder the options name.</summary>
    public static DdpmPipeline FromFolder(IServiceProvider services, string name)
    {
        DiffusionOptions options = Options(services);
        PipelineFolderOptions pipeline = options.Pipelines[name];
        return DdpmPipeline.FromPretrained(
            pipeline.Folder,
            services.GetRequiredService<DdpmPipelineOptions>() with
            {
                DefaultSteps = pipeline.DefaultSteps,
                AllowOnlineWeights = pipeline.AllowOnlineWeights,
                Precision = pipeline.Precision,
            },
            options.Compatibility,
            services.GetRequiredService<DenoiserRegistry>());
    }
}
