using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Schedulers.Oracles;

/// <summary>A sampler's step as the checks see it: noise is always offered, the step takes it if it wants.</summary>
public delegate Tensor SamplerStep(ChainScheduler scheduler, Tensor output, long timestep, Tensor sample, Tensor noise);

/// <summary>The steps that are right.</summary>
public static class SamplerSteps
{
    public static Tensor Right(ChainScheduler scheduler, Tensor output, long timestep, Tensor sample, Tensor noise) =>
        scheduler.Step(output, timestep, sample, noise).PrevSample;
}
