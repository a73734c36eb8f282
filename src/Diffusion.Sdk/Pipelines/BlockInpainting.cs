using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Schedulers;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Pipelines;

/// <summary>
/// Keeps the known part of one block's samples at each step's noise level. Lugmayr et al. 2022 (RePaint,
/// arXiv:2201.09865), eq. 8 and algorithm 1. Shapes: B rows of the block.
/// </summary>
internal sealed class BlockInpainting : IDisposable
{
    private readonly Scheduler _scheduler;
    private readonly BlockNoise _noise;
    private readonly Tensor _original; // [B, ...], in the units of the denoiser
    private readonly Tensor _known; // bool [1, ...]

    /// <param name="mask">Whether a value is kept, for each value of a sample.</param>
    /// <param name="original">What is kept, [B, ...], in the units of the denoiser; copied.</param>
    /// <param name="scheduler">The block's scheduler, its timesteps set.</param>
    /// <param name="noise">The block's random numbers.</param>
    public BlockInpainting(bool[] mask, Tensor original, Scheduler scheduler, BlockNoise noise)
    {
        (_scheduler, _noise) = (scheduler, noise);
        _original = original.clone().DetachFromDisposeScope();
        using var scope = NewDisposeScope();
        _known = tensor(mask, [1, .. original.shape[1..]], ScalarType.Bool, original.device).DetachFromDisposeScope();
    }

    /// <summary>Puts the known part, noised as the step's result is, into that result (eq. 8a and 8c).</summary>
    /// <param name="sample">What the step made, [B, ...]; changed.</param>
    /// <param name="index">The step.</param>
    /// <param name="address">The address of its random numbers.</param>
    public void Restore(Tensor sample, int index, long address)
    {
        using var scope = NewDisposeScope();
        Tensor kept = Next(index) is { } timestep
            ? _scheduler.AddNoise(_original, _noise.Draw(RandomPurpose.KnownNoise, address), [timestep])
            : _original;
        sample.copy_(where(_known, kept, sample));
    }

    /// <summary>
    /// Takes the result of a step back up to the step's noise level: algorithm 1, line 9, over the whole transition.
    /// </summary>
    /// <param name="sample">What the step made, [B, ...]; changed.</param>
    /// <param name="index">The step; not the last.</param>
    /// <param name="address">The address of its random numbers.</param>
    public void GoBack(Tensor sample, int index, long address)
    {
        double alpha = AlphaBar(_scheduler.Timesteps[index]) / AlphaBar(_scheduler.Timesteps[index + 1]);
        sample.mul_((Scalar)Math.Sqrt(alpha))
            .add_(_noise.Draw(RandomPurpose.ResampleNoise, address), (Scalar)Math.Sqrt(1 - alpha));
    }

    public void Dispose()
    {
        _original.Dispose();
        _known.Dispose();
    }

    // The timestep that a step leads to; null for the clean sample, also where diffusers' trailing schedule says -1.
    private long? Next(int index) => index + 1 < _scheduler.Timesteps.Count && _scheduler.Timesteps[index + 1] >= 0
        ? _scheduler.Timesteps[index + 1]
        : null;

    private double AlphaBar(long timestep) => timestep < 0 ? 1 : _scheduler.AlphasCumprod[(int)timestep];
}
