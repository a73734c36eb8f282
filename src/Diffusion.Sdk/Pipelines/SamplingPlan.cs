using System.Security.Cryptography;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Schedulers;

namespace Diffusion.Sdk.Pipelines;

/// <summary>A checked request: everything about a run that is known before it begins.</summary>
internal sealed class SamplingPlan
{
    private const int PointBlock = 1024;
    private const int ImageBlock = 64;

    private SamplingPlan(
        int count, int steps, long seed, RandomStreams streams, IReadOnlyList<int> sampleShape, GenerateOptions options)
    {
        (Count, Steps, Seed, Streams, Options) = (count, steps, seed, streams, options);
        SampleShape = [.. sampleShape];
        ValuesPerSample = SampleShape.Aggregate(1, (product, size) => checked(product * size));
        int block = options.BlockSize ?? (SampleShape.Length == 1 ? PointBlock : ImageBlock);
        BlockSize = options.FixedBlocks ? block : Math.Min(block, count);
        if ((long)count * ValuesPerSample > Array.MaxLength)
        {
            throw new ArgumentOutOfRangeException(
                nameof(count), count,
                $"count is {count}; expected at most {Array.MaxLength / ValuesPerSample}, " +
                $"since samples of {ValuesPerSample} values share one array.");
        }
    }

    public int Count { get; }

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
        int trained = scheduler.NumTrainTimesteps;
        int wanted = steps ?? defaultSteps ?? trained;
        if (wanted < 1 || wanted > trained)
        {
            throw new ArgumentOutOfRangeException(
                nameof(steps), wanted,
                $"steps is {wanted}; expected an integer in [1, {trained}]: " +
                $"a model trained with {trained} timesteps has no more steps to give.");
        }
        if (options.Randomness is null)
        {
            long drawn = seed ?? NewSeed();
            return new SamplingPlan(count, wanted, drawn, new PhiloxStreams(drawn), denoiser.SampleShape, options);
        }
        if (seed is not null)
        {
            throw new ArgumentException(
                $"seed is {seed}, but {nameof(GenerateOptions)}.{nameof(GenerateOptions.Randomness)} is given too; " +
                "expected one of them.",
                nameof(seed));
        }
        long known = (options.Randomness as PhiloxStreams)?.Seed ?? 0;
        return new SamplingPlan(count, wanted, known, options.Randomness, denoiser.SampleShape, options);
    }

    /// <summary>The samples that a block holds.</summary>
    public (int First, int Rows, int Filled) Block(int index)
    {
        int first = index * BlockSize;
        int filled = Math.Min(BlockSize, Count - first);
        return (first, Options.FixedBlocks ? BlockSize : filled, filled);
    }

    /// <summary>Whether the state after a step, 1 to <see cref="Steps"/>, belongs to the trajectory; 0 is the initial
    /// noise.</summary>
    public bool Keeps(int completed) =>
        Options.TrajectoryEvery > 0 && (completed % Options.TrajectoryEvery == 0 || completed == Steps);

    /// <summary>A scheduler for one run, with the choices of the request and the timesteps set.</summary>
    public Scheduler NewScheduler(Scheduler template)
    {
        Scheduler scheduler = template is DdimScheduler ddim
            ? ddim.Fresh(Options.Eta ?? ddim.Eta, Options.UseClippedModelOutput ?? ddim.UseClippedModelOutput)
            : template.Fresh();
        scheduler.SetTimesteps(Steps);
        return scheduler;
    }

    // A seed of at least 0, so that it reads well in logs and fits other languages' generators.
    private static long NewSeed()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToInt64(bytes) & long.MaxValue;
    }
}
