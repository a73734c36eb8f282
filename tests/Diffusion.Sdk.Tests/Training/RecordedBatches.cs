using Diffusion.Sdk.Numerics;

namespace Diffusion.Sdk.Tests.Training;

/// <summary>
/// The noise and the timesteps of a recorded training; its batches are the data from the first image to the last.
/// </summary>
internal sealed class RecordedBatches(GoldenCase golden) : RandomStreams
{
    private readonly float[] _noise = golden.Floats("noise");
    private readonly long[] _timesteps = golden.Integers("timesteps");

    public override void Normal(RandomPurpose purpose, long firstItem, int items, long step, Span<float> destination)
    {
        Assert.Equal(RandomPurpose.TrainingNoise, purpose);
        _noise.AsSpan((int)step * destination.Length, destination.Length).CopyTo(destination);
    }

    public override void Integers(
        RandomPurpose purpose, long firstItem, int items, long step, long upperExclusive, Span<long> destination)
    {
        for (int i = 0; i < items; i++)
        {
            long place = step * items + i;
            destination[i] = purpose switch
            {
                RandomPurpose.Batch => place,
                RandomPurpose.Timesteps => _timesteps[place],
                _ => throw new InvalidOperationException($"No {purpose} was recorded."),
            };
        }
    }

    public override void Uniform(
        RandomPurpose purpose, long firstItem, int items, long step, Span<float> destination) =>
        throw new InvalidOperationException($"No {purpose} was recorded.");
}
