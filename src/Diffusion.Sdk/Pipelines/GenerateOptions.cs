using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Schedulers;

namespace Diffusion.Sdk.Pipelines;

/// <summary>
/// How a pipeline generates, beyond the number of samples, the number of steps and the seed. All choices go together:
/// classes, guidance, a start from given samples and a part that is kept.
/// </summary>
public sealed record GenerateOptions
{
    /// <summary>
    /// How many samples go through all steps together, at least 1. A block whose values stay in the processor's caches
    /// through all layers is what makes sampling fast.
    /// </summary>
    /// <value>null: 256 for points in main memory and 1,024 elsewhere, 64 for images.</value>
    public int? BlockSize { get; init; }

    /// <summary>
    /// Whether every block is filled up to the same number of rows. Then a sample is the same byte for byte however
    /// many are generated with it; without it the rounding of matrix products of other shapes shows (up to about 3e-5).
    /// The price is up to one block of rows that nobody asked for.
    /// </summary>
    /// <value>false.</value>
    public bool FixedBlocks { get; init; }

    /// <summary>
    /// Keeps the samples after every so many steps in <see cref="Samples.Trajectory"/>, the start first and the result
    /// last; 0 keeps none. Each kept state costs as much memory as the result.
    /// </summary>
    /// <value>0.</value>
    public int TrajectoryEvery { get; init; }

    /// <summary>
    /// Whether the steps that <see cref="OnStep"/> or a stream shows carry the denoiser's estimate of the clean sample.
    /// Each step then costs a few more operators.
    /// </summary>
    /// <value>false.</value>
    public bool PredictOriginal { get; init; }

    /// <summary>
    /// Is shown every step as soon as all samples are through it, on the run's thread; what it throws ends the run.
    /// </summary>
    /// <value>null: nobody.</value>
    public Action<DenoisingStep>? OnStep { get; init; }

    /// <summary>
    /// The class of each sample, in [0, <see cref="Denoiser.NumClasses"/>): one for all samples, or one for each.
    /// Copied in.
    /// </summary>
    /// <value>null: no class; then a denoiser of classes must have learned what to do without.</value>
    public IReadOnlyList<long>? Labels
    {
        get;
        init => field = value is null ? null : Array.AsReadOnly(value.ToArray());
    }

    /// <summary>
    /// The numbers that samples are conditioned on, [1, C] for all samples or [count, C], where the denoiser takes such
    /// (<see cref="Denoiser.ConditionWidth"/>). Copied in.
    /// </summary>
    /// <value>null: none.</value>
    public float[,]? Conditions
    {
        get => (float[,]?)field?.Clone();
        init => field = (float[,]?)value?.Clone();
    }

    /// <summary>
    /// Classifier-free guidance, finite and at least 0: the prediction is u + scale (c - u), with c for the class and u
    /// for none. 1 is the class alone, 0 none; above 1 samples are more typical of the class and less varied. Ho and
    /// Salimans 2022 (arXiv:2207.12598), eq. 6, whose w is scale - 1; diffusers' guidance_scale. Each step asks the
    /// denoiser twice.
    /// </summary>
    /// <value>1.</value>
    public double GuidanceScale { get; init; } = 1;

    /// <summary>The label that stands for no class.</summary>
    /// <value>null: <see cref="TrainingRecord.NullLabel"/> of the denoiser's training.</value>
    public long? NullLabel { get; init; }

    /// <summary>
    /// The samples to start from, or of which a part is kept: one for all, or one for each sample; in the units of the
    /// data. Alone it does nothing; see <see cref="Strength"/> and <see cref="Known"/>.
    /// </summary>
    /// <value>null.</value>
    public Samples? Original { get; init; }

    /// <summary>
    /// How far <see cref="Original"/> is noised before the steps take it down again, in [0, 1]: only the last
    /// floor(steps * Strength) steps are made. 0 gives the original back, 1 is generation from noise alone. Meng et al.
    /// 2021 (arXiv:2108.01073), algorithm 1; diffusers' strength in image-to-image.
    /// </summary>
    /// <value>1.</value>
    public double Strength { get; init; } = 1;

    /// <summary>
    /// Which values of <see cref="Original"/> are kept, true for known, while the rest is filled in: [D] for points, [H
    /// * W] or [C * H * W] row-major for images. After each step the known part is that of the original at that step's
    /// noise level, and in the end it is the original, value for value. Lugmayr et al. 2022 (RePaint,
    /// arXiv:2201.09865), eq. 8. Copied in.
    /// </summary>
    /// <value>null: nothing is kept.</value>
    public IReadOnlyList<bool>? Known
    {
        get;
        init => field = value is null ? null : Array.AsReadOnly(value.ToArray());
    }

    /// <summary>
    /// How often each step of an inpainting is made, at least 1. More passes, with the sample noised again between
    /// them, make the new part fit the known one. Lugmayr et al. 2022, algorithm 1 (there U, with jumps of one step).
    /// </summary>
    /// <value>1.</value>
    public int Resamples { get; init; } = 1;

    /// <summary>
    /// The noise to start from, one for all samples or one for each: standard normal values, in no units, as
    /// <see cref="DdpmPipeline.Invert"/> gives them. diffusers' latents.
    /// </summary>
    /// <value>null: the numbers of the seed.</value>
    public Samples? InitialNoise { get; init; }

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

    /// <exception cref="ArgumentException">A number is out of its range, or a choice needs another.</exception>
    internal void Validate()
    {
        Require(BlockSize is null or >= 1, nameof(BlockSize), BlockSize, "an integer of at least 1, or null");
        Require(TrajectoryEvery >= 0, nameof(TrajectoryEvery), TrajectoryEvery, "an integer of at least 0");
        Require(Eta is null or (>= 0 and <= 1), nameof(Eta), Eta, "a number in [0, 1], or null");
        Require(
            GuidanceScale is >= 0 and < double.PositiveInfinity,
            nameof(GuidanceScale), GuidanceScale, "a finite number of at least 0");
        Require(NullLabel is null or >= 0, nameof(NullLabel), NullLabel, "an integer of at least 0, or null");
        Require(Strength is >= 0 and <= 1, nameof(Strength), Strength, "a number in [0, 1]");
        Require(Resamples >= 1, nameof(Resamples), Resamples, "an integer of at least 1");
        Needs(Strength < 1 && Original is null, nameof(Strength), Strength, "1, or an Original to start from");
        Needs(Known is not null && Original is null, nameof(Known), "given", "null, or an Original to keep a part of");
        Needs(Resamples > 1 && Known is null, nameof(Resamples), Resamples, "1, or a Known part to fit to");
    }

    private static void Require(bool holds, string name, object? value, string expected)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; expected {expected}.");
        }
    }

    private static void Needs(bool missing, string name, object value, string expected)
    {
        if (missing)
        {
            throw new ArgumentException($"{name} is {value}; expected {expected}.", name);
        }
    }
}
