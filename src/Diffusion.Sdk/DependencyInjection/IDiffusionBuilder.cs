using Microsoft.Extensions.DependencyInjection;

namespace Diffusion.Sdk.DependencyInjection;

/// <summary>What <c>AddDiffusion</c> returns: features are added to it by extension methods.</summary>
public interface IDiffusionBuilder
{
    /// <summary>The name of the options that the features read, as in
    /// <see cref="Microsoft.Extensions.Options.IOptionsMonitor{T}"/>.</summary>
    /// <value>Empty: the default options.</value>
    string Name { get; }

    /// <summary>Where the services are registered.</summary>
    IServiceCollection Services { get; }
}
