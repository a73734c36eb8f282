using System.Diagnostics.CodeAnalysis;
using Diffusion.Sdk.Numerics;

namespace Diffusion.Sdk.Tests.Pipelines;

/// <summary>Reports right away, on the thread of the run.</summary>
internal sealed class Immediate<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}

/// <summary>Equal within an absolute tolerance.</summary>
internal sealed class Close(float tolerance) : IEqualityComparer<float>
{
    public bool Equals(float x, float y) => MathF.Abs(x - y) <= tolerance;

    public int GetHashCode([DisallowNull] float value) => 0;
}

/// <summary>Passes another stream's numbers on and writes down who asked for what.</summary>
internal sealed class RecordingStreams(RandomStreams inner) : RandomStreams
{
    public List<string> Calls { get; } = [];

    public override void Normal(RandomPurpose purpose, long firstItem, int items, long step, Span<float> destination)
    {
        Calls.Add($"{purpose} {step} at {firstItem}+{items}");
        inner.Normal(purpose, firstItem, items, step, destination);
    }

    public override void Integers(
        RandomPurpose purpose, long firstItem, int items, long step, long upperExclusive, Span<long> destination) =>
        inner.Integers(purpose, firstItem, items, step, upperExclusive, destination);

    public override void Uniform(
        RandomPurpose purpose, long firstItem, int items, long step, Span<float> destination) =>
        inner.Uniform(purpose, firstItem, items, step, destination);
}
