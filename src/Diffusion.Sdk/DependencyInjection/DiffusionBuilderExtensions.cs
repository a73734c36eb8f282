using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.DependencyInjection;
using Diffusion.Sdk.Pipelines;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds pipelines and denoisers to a host.</summary>
public static class DiffusionBuilderExtensions
{
    /// <summary>
    /// Registers a pipeline that is loaded from a folder when it is first asked for, as a keyed singleton. That the
    /// folder holds a pipeline is checked when the host starts.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The key; of two registrations of one name the first holds.</param>
    /// <param name="folder">The folder that holds model_index.json; in a host, a relative one is in its content
    /// root.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">The name or the folder is empty.</exception>
    public static IDiffusionBuilder AddPipeline(this IDiffusionBuilder builder, string name, string folder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        if (!IsRegistered(builder.Services, name))
        {
            builder.Services.AddSingleton(new DiffusionOptionsSource(options => WithFolder(options, name, folder)));
        }
        return builder.AddPipeline(name, provider => DiffusionServices.FromFolder(provider, name));
    }

    /// <summary>Registers a pipeline that a function makes when it is first asked for, as a keyed singleton.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The key; of two registrations of one name the first holds.</param>
    /// <param name="create">
    /// Makes the pipeline, which the container disposes. <see cref="DdpmPipelineOptions"/> from the provider bring the
    /// host's worker and logger:
    /// <c>services.GetRequiredService&lt;DdpmPipelineOptions&gt;() with { OwnsDenoiser = true }</c>.
    /// </param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static IDiffusionBuilder AddPipeline(
        this IDiffusionBuilder builder, string name, Func<IServiceProvider, DdpmPipeline> create)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(create);
        if (!IsRegistered(builder.Services, name))
        {
            builder.Services.AddSingleton(new PipelineRegistration(name));
        }
        builder.Services.TryAddKeyedSingleton(name, (provider, _) => create(provider));
        return builder;
    }

    /// <summary>Registers a class of denoisers, so that folders with it can be loaded.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="className">What <c>_class_name</c> in config.json says.</param>
    /// <param name="create">Makes a denoiser of the text of config.json; see
    /// <see cref="DenoiserRegistry.With"/>.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">The class name is empty.</exception>
    public static IDiffusionBuilder AddDenoiser(
        this IDiffusionBuilder builder, string className, Func<string, Denoiser> create)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(className);
        ArgumentNullException.ThrowIfNull(create);
        builder.Services.AddSingleton(new DenoiserRegistration(className, create));
        return builder;
    }

    private static bool IsRegistered(IServiceCollection services, string name) =>
        services.Any(service => !service.IsKeyedService
            && service.ImplementationInstance is PipelineRegistration known && known.Name == name);

    private static DiffusionOptions WithFolder(DiffusionOptions options, string name, string folder) => options with
    {
        Pipelines = new Dictionary<string, PipelineFolderOptions>(options.Pipelines)
        {
            [name] = (options.Pipelines.GetValueOrDefault(name) ?? new()) with { Folder = folder },
        },
    };
}
