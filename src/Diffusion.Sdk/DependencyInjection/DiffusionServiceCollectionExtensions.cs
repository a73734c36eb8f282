using Diffusion.Sdk.DependencyInjection;
using Diffusion.Sdk.Schedulers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the SDK in a host.</summary>
public static class DiffusionServiceCollectionExtensions
{
    /// <summary>
    /// Registers what diffusion needs: <see cref="DiffusionOptions"/>, checked when the host starts; one worker that
    /// bounds the runs; the default <c>DdpmPipeline</c> and every named one (by key), singletons that the container
    /// disposes; <c>DdpmScheduler</c> and <c>Scheduler</c>, transient, since they hold the state of a run. What is
    /// registered already stays, so repeating the call is harmless.
    /// </summary>
    /// <param name="services">Where to register.</param>
    /// <returns>The builder for pipelines and denoisers.</returns>
    public static IDiffusionBuilder AddDiffusion(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<DiffusionOptions>().ValidateOnStart();
        services.TryAddSingleton<IOptionsFactory<DiffusionOptions>, DiffusionOptionsFactory>();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<DiffusionOptions>, DiffusionOptionsValidator>());
        services.TryAddSingleton(DiffusionServices.Worker);
        services.TryAddSingleton(DiffusionServices.Denoisers);
        services.TryAddTransient(DiffusionServices.PipelineOptions);
        services.TryAddTransient(DiffusionServices.Scheduler);
        services.TryAddTransient<Scheduler>(DiffusionServices.Scheduler);
        services.TryAddSingleton(DiffusionServices.DefaultPipeline);
        return new Builder(services);
    }

    /// <summary>As <see cref="AddDiffusion(IServiceCollection)"/>, with options and pipelines from a
    /// configuration.</summary>
    /// <param name="services">Where to register.</param>
    /// <param name="configuration">
    /// The section that holds the keys of <see cref="DiffusionOptions"/>; each child of its "Pipelines" is registered
    /// under its key. An unknown key or a value that does not fit is an error when the host starts.
    /// </param>
    /// <returns>The builder for pipelines and denoisers.</returns>
    public static IDiffusionBuilder AddDiffusion(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        IDiffusionBuilder builder = services.AddDiffusion();
        services.AddSingleton(DiffusionOptionsSource.Bind(configuration));
        IConfigurationSection pipelines = configuration.GetSection(nameof(DiffusionOptions.Pipelines));
        foreach (string name in pipelines.GetChildren().Select(pipeline => pipeline.Key))
        {
            builder.AddPipeline(name, provider => DiffusionServices.FromFolder(provider, name));
        }
        return builder;
    }

    /// <summary>As <see cref="AddDiffusion(IServiceCollection)"/>, with changed options.</summary>
    /// <param name="services">Where to register.</param>
    /// <param name="change">
    /// Gives the changed options: <c>options => options with { MaxConcurrentRuns = 2 }</c>. Changes are applied in the
    /// order of the calls, those of configurations too.
    /// </param>
    /// <returns>The builder for pipelines and denoisers.</returns>
    public static IDiffusionBuilder AddDiffusion(
        this IServiceCollection services, Func<DiffusionOptions, DiffusionOptions> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        IDiffusionBuilder builder = services.AddDiffusion();
        services.AddSingleton(new DiffusionOptionsSource(change));
        return builder;
    }

    private sealed record Builder(IServiceCollection Services) : IDiffusionBuilder
    {
        public string Name => Options.Options.DefaultName;
    }
}
