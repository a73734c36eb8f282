using Diffusion.Sdk.Numerics;

namespace Diffusion.Sdk.Tests.Pipelines;

/// <summary>The noise of a recorded generation: initial_noise, and noise[i] in step i.</summary>
internal sealed class RecordedNoise(GoldenCase golden) : RandomStreams
{
    private readonly float[] _initial = golden.Floats("initial_noise");
    private readonly float[] _steps = golden.Tensors.Has("noise") ? golden.Floats("noise") : [];

    public override void Normal(RandomPurpose purpose, long firstItem, int items, long step, Span<float> destination)
    {
        ReadOnlySpan<float> all = purpose switch
        {
            RandomPurpose.InitialNoise => _initial,
            RandomPurpose.StepNoise => _steps.AsSpan((int)step * _initial.Length, _initial.Length),
            _ => throw new InvalidOperationException($"No {purpose} was recorded."),
        };
        all.Slice((int)firstItem * (destination.Length / items), destination.Length).CopyTo(destination);
    }

    public override void Integers(
        RandomPurpose purpose, long firstItem, int items, long step, long upperExclusive, Span<long> destination) =>
        throw new InvalidOperationException($"No {purpose} was recorded.");

    public override void Uniform(
        RandomPurpose purpose, long firstItem, int items, long step, Span<float> destination) =>
        throw new InvalidOperationException($"No {purpose} was recorded.");
}
