using Diffusion.Sdk.Denoisers;

namespace Diffusion.Sdk.DependencyInjection;

/// <summary>A class of denoisers that the host adds to those of the SDK.</summary>
internal sealed record DenoiserRegistration(string ClassName, Func<string, Denoiser> Create);
