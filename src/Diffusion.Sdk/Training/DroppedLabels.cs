using Diffusion.Sdk.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Training;

/// <summary>
/// Shows some samples without their class. Ho and Salimans 2022 (arXiv:2207.12598), algorithm 1. Who is shown so
/// depends on the step and the place in the batch alone.
/// </summary>
internal sealed class DroppedLabels : IDisposable
{
    private readonly RandomStreams _streams;
    private readonly double _probability;
    private readonly long _nothing;
    private readonly int _size;
    private readonly Staged _draws;

    public DroppedLabels(StoredData data, TrainingOptions options, RandomStreams streams, long nothing)
    {
        (_streams, _size, _probability, _nothing) = (streams, options.BatchSize, options.LabelDropout, nothing);
        _draws = new Staged([_size], ScalarType.Float32, data.Device);
    }

    /// <summary>The labels of a step with "no class" in the place of some; of the current scope.</summary>
    /// <param name="labels">int64 [B].</param>
    /// <param name="step">The step, counted from 0.</param>
    public Tensor Apply(Tensor labels, long step)
    {
        _streams.Uniform(RandomPurpose.LabelDropout, 0, _size, step, _draws.Values<float>());
        return labels.masked_fill(_draws.Send().lt((Scalar)_probability), (Scalar)_nothing);
    }

    public void Dispose() => _draws.Dispose();
}
