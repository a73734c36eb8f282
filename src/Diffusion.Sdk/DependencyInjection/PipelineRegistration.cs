namespace Diffusion.Sdk.DependencyInjection;

/// <summary>That a pipeline of this name is registered.</summary>
internal sealed record PipelineRegistration(string Name);
