using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Schedulers;

namespace Diffusion.Sdk.Pipelines;

/// <summary>How a pipeline generates, beyond the number of samples, the number of steps and the seed.</summary>
public sealed record GenerateOptions
{
    /// <summary>
    /// How many samples go through all steps together, at least 1. A block whose values stay in the processor's caches
    /// through all layers is what makes sampling fast.
    /// </summary>
    /// <value>null: 1,024 for points, 64 for images.</value>
    public int? BlockSize { get; init; }

    /// <summary>
    /// Whether every block is filled up to the same number of rows. Then a sample is the same byte for byte however
    /// many are generated with it; without it the rounding of matrix products of other shapes shows (up to about 3e-5).
    /// The price is up to one block of rows that nobody asked for.
    /// </summary>
    /// <value>false.</value>
    public bool FixedBlocks { get; init; }

    /// <summary>
    /// Keeps the samples after every so many steps in <see cref="Samples.Trajectory"/>, the initial noise first and the
    /// result last; 0 keeps none. Each kept state costs as much memory as the result.
    /// </summary>
    /// <value>0.</value>
    public int TrajectoryEvery { get; init; }

    /// <summary>
    /// Whether the steps of a stream carry the denoiser's estimate of the clean sample. Each step then costs a few more
    /// operators.
    /// </summary>
    /// <value>false.</value>
    public bool PredictOriginal { get; init; }

    /// <summary>
    /// How much noise the steps of a <see cref="DdimScheduler"/> add, in [0, 1]: 0 none, 1 as much as DDPM. Other
    /// schedulers have no such choice.
    /// </summary>
    /// <value>null: the scheduler's own <see cref="DdimScheduler.Eta"/>.</value>
    public double? Eta { get; init; }

    /// <summary>
    /// Whether the steps of a <see cref="DdimScheduler"/> derive the predicted noise again from a clipped x_0.
    /// </summary>
    /// <value>null: the scheduler's own <see cref="DdimScheduler.UseClippedModelOutput"/>.</value>
    public bool? UseClippedModelOutput { get; init; }

    /// <summary>Random numbers in place of those of a seed, for example recorded ones; no seed is given then.</summary>
    /// <value>null: the numbers of the seed, <see cref="PhiloxStreams"/>.</value>
    public RandomStreams? Randomness { get; init; }

    internal static GenerateOptions Default { get; } = new();

    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    internal void Validate()
    {
        if (BlockSize < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(BlockSize), BlockSize,
                $"{nameof(BlockSize)} is {BlockSize}; expected an integer of at least 1, or null.");
        }
        if (TrajectoryEvery < 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(TrajectoryEvery), TrajectoryEvery,
                $"{nameof(TrajectoryEvery)} is {TrajectoryEvery}; expected an integer of at least 0.");
        }
        if (Eta is { } eta && eta is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(Eta), eta, $"{nameof(Eta)} is {eta}; expected a number in [0, 1], or null.");
        }
    }
}
