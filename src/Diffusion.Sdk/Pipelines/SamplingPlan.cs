using System.Security.Cryptography;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Schedulers;
using TorchSharp;

namespace Diffusion.Sdk.Pipelines;

/// <summary>A checked request: everything about a run that is known before it begins.</summary>
internal sealed class SamplingPlan
{
    private const int PointBlock = 256; // small enough that every thread gets some of a thousand points
    private const int RemotePointBlock = 1024;
    private const int ImageBlock = 64;

    // 50 * 0.58 is 28.999... in binary, but 29 steps are meant.
    private const double RoundingSlack = 1e-9;

    private readonly int _madeSteps;

    private SamplingPlan(
        int count, int steps, long seed, RandomStreams streams, Denoiser denoiser, GenerateOptions options)
    {
        (Count, Steps, Seed, Streams, Options) = (count, steps, seed, streams, options);
        SampleShape = [.. denoiser.SampleShape];
        ValuesPerSample = SampleShape.Aggregate(1, (product, size) => checked(product * size));
        bool onProcessor = denoiser.parameters().All(weight => weight.device_type == DeviceType.CPU);
        int block = options.BlockSize
            ?? (SampleShape.Length > 1 ? ImageBlock : onProcessor ? PointBlock : RemotePointBlock);
        BlockSize = options.FixedBlocks ? block : Math.Min(block, count);
        if ((long)count * ValuesPerSample > Array.MaxLength)
        {
            throw new ArgumentOutOfRangeException(
                nameof(count), count,
                $"count is {count}; expected at most {Array.MaxLength / ValuesPerSample}, " +
                $"since samples of {ValuesPerSample} values share one array.");
        }
        Classes = ClassCondition.Create(options, denoiser, count);
        Conditions = GivenConditions.Create(options.Conditions, denoiser, count);
        InitialNoise = GivenSamples.Create(nameof(options.InitialNoise), options.InitialNoise, count, SampleShape);
        Original = GivenSamples.Create(nameof(options.Original), options.Original, count, SampleShape);
        _madeSteps = (int)(steps * options.Strength + RoundingSlack);
        Known = NewKnown();
    }

    public int Count { get; }

    /// <summary>Steps of the schedule; <see cref="GenerateOptions.Strength"/> may leave out the first of
    /// them.</summary>
    public int Steps { get; }

    public long Seed { get; }

    public RandomStreams Streams { get; }

    public GenerateOptions Options { get; }

    /// <summary>[D] or [C, H, W].</summary>
    public int[] SampleShape { get; }

    public int ValuesPerSample { get; }

    /// <summary>Rows of a block; the last one may hold fewer samples.</summary>
    public int BlockSize { get; }

    public int Blocks => (Count - 1) / BlockSize + 1;

    /// <summary>[count, ...], the shape of the result.</summary>
    public int[] ResultShape => [Count, .. SampleShape];

    /// <summary>The classes that are asked for; null where there are none.</summary>
    public ClassCondition? Classes { get; }

    /// <summary>The numbers that samples are conditioned on; null where there are none.</summary>
    public GivenConditions? Conditions { get; }

    /// <summary>What to start from in place of the seed's noise.</summary>
    public GivenSamples? InitialNoise { get; }

    /// <summary>What to start from once it is noised, or to keep a part of.</summary>
    public GivenSamples? Original { get; private init; }

    /// <summary>What the result keeps; all of the original where no step is made.</summary>
    public KnownPart? Known { get; }

    /// <summary>Whether the run goes from data to noise.</summary>
    public bool IsInverse { get; private init; }

    /// <exception cref="ArgumentException">The request asks for something that cannot be; the message says
    /// what.</exception>
    public static SamplingPlan Create(
        Denoiser denoiser, Scheduler scheduler, int count, int? steps, long? seed, int? defaultSteps,
        GenerateOptions? options)
    {
        options ??= GenerateOptions.Default;
        options.Validate();
        if (count < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(count), count, $"count is {count}; expected an integer of at least 1.");
        }
        PipelineRules.RequireChoices(options, scheduler);
        int wanted = WantedSteps(scheduler.NumTrainTimesteps, steps, defaultSteps);
        if (options.Randomness is null)
        {
            long drawn = seed ?? NewSeed();
            return new SamplingPlan(count, wanted, drawn, new PhiloxStreams(drawn), denoiser, options);
        }
        if (seed is not null)
        {
            throw new ArgumentException(
                $"seed is {seed}, but {nameof(GenerateOptions)}.{nameof(GenerateOptions.Randomness)} is given too; " +
                "expected one of them.",
                nameof(seed));
        }
        long known = (options.Randomness as PhiloxStreams)?.Seed ?? 0;
        return new SamplingPlan(count, wanted, known, options.Randomness, denoiser, options);
    }

    /// <summary>A run from data to noise.</summary>
    /// <exception cref="ArgumentException">The request asks for something that cannot be; the message says
    /// what.</exception>
    public static SamplingPlan CreateInverse(
        Denoiser denoiser, Scheduler inverse, Samples data, int? steps, int? defaultSteps, GenerateOptions? options)
    {
        options ??= GenerateOptions.Default;
        options.Validate();
        PipelineRules.RequireInvertible(options);
        PipelineRules.RequireChoices(options, inverse);
        int wanted = WantedSteps(inverse.NumTrainTimesteps, steps, defaultSteps);
        return new SamplingPlan(data.Count, wanted, data.Seed, new PhiloxStreams(data.Seed), denoiser, options)
        {
            IsInverse = true,
            Original = GivenSamples.Create(nameof(data), data, data.Count, denoiser.SampleShape),
        };
    }

    /// <summary>The samples that a block holds.</summary>
    public (int First, int Rows, int Filled) Block(int index)
    {
        int first = index * BlockSize;
        int filled = Math.Min(BlockSize, Count - first);
        return (first, Options.FixedBlocks ? BlockSize : filled, filled);
    }

    /// <summary>The first step that is made, of so many timesteps; as many if none is.</summary>
    public int FirstStep(int timesteps) => timesteps - (int)((long)timesteps * _madeSteps / Steps);

    /// <summary>Whether the state after so many of all steps belongs to the trajectory; 0 is the start.</summary>
    public bool Keeps(int completed, int all) =>
        Options.TrajectoryEvery > 0 && (completed % Options.TrajectoryEvery == 0 || completed == all);

    /// <summary>A scheduler for one run, with the choices of the request and the timesteps set.</summary>
    public Scheduler NewScheduler(Scheduler template)
    {
        Scheduler scheduler = template is DdimScheduler ddim
            ? ddim.Fresh(Options.Eta ?? ddim.Eta, Options.UseClippedModelOutput ?? ddim.UseClippedModelOutput)
            : template.Fresh();
        scheduler.SetTimesteps(Steps);
        return scheduler;
    }

    private KnownPart? NewKnown()
    {
        if (Original is null)
        {
            return null;
        }
        bool[]? mask = Options.Known is { } known ? KnownPart.Expand(known, SampleShape) : null;
        if (_madeSteps == 0)
        {
            mask = new bool[ValuesPerSample];
            Array.Fill(mask, true);
        }
        return mask is null ? null : new KnownPart(Original, mask);
    }

    private static int WantedSteps(int trained, int? steps, int? defaultSteps)
    {
        int wanted = steps ?? defaultSteps ?? trained;
        return wanted >= 1 && wanted <= trained
            ? wanted
            : throw new ArgumentOutOfRangeException(
                nameof(steps), wanted,
                $"steps is {wanted}; expected an integer in [1, {trained}]: " +
                $"a model trained with {trained} timesteps has no more steps to give.");
    }

    // A seed of at least 0, so that it reads well in logs and fits other languages' generators.
    private static long NewSeed()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToInt64(bytes) & long.MaxValue;
    }
}
