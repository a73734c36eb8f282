using System.Runtime.InteropServices;
using Diffusion.Sdk.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Training;

/// <summary>
/// Makes the batch of any step from the step's number alone, so that a resumed run sees what an unbroken one would have
/// seen. The data live on the device; noise and numbers are written straight into buffers that every step reuses.
/// </summary>
internal sealed class BatchSource : IDisposable
{
    private readonly RandomStreams _streams;
    private readonly BatchOrder _order;
    private readonly int _numTrainTimesteps;
    private readonly int _count;
    private readonly StoredData _data;
    private readonly Staged _noise;
    private readonly Staged _indices;
    private readonly Staged _timesteps;
    private readonly Staged? _mirrored;
    private readonly DroppedLabels? _dropped;
    private readonly long[] _timestepValues;
    private readonly Dictionary<long, int[]> _epochs = [];

    /// <param name="data">The data; taken over.</param>
    /// <param name="options">Batch size, order and flips.</param>
    /// <param name="streams">Where random numbers come from.</param>
    /// <param name="numTrainTimesteps">T.</param>
    /// <param name="nullLabel">The label that stands for "no class".</param>
    public BatchSource(
        StoredData data, TrainingOptions options, RandomStreams streams, int numTrainTimesteps, long nullLabel)
    {
        (_data, _streams, _order, _numTrainTimesteps) = (data, streams, options.BatchOrder, numTrainTimesteps);
        _count = data.Count;
        _noise = new Staged([options.BatchSize, .. data.SampleShape], ScalarType.Float32, data.Device);
        _indices = new Staged([options.BatchSize], ScalarType.Int64, data.Device);
        _timesteps = new Staged([options.BatchSize], ScalarType.Int64, data.Device);
        _mirrored = options.HorizontalFlips ? new Staged([options.BatchSize], ScalarType.Int64, data.Device) : null;
        _dropped = options.LabelDropout > 0 ? new DroppedLabels(data, options, streams, nullLabel) : null;
        _timestepValues = new long[options.BatchSize];
    }

    /// <summary>Where random numbers come from.</summary>
    public RandomStreams Streams => _streams;

    /// <summary>The batch of a step.</summary>
    /// <param name="step">The step, counted from 0.</param>
    public Batch Next(long step)
    {
        int size = _timestepValues.Length;
        Pick(step, _indices.Values<long>());
        _streams.Integers(RandomPurpose.Timesteps, 0, size, step, _numTrainTimesteps, _timestepValues);
        _timestepValues.CopyTo(_timesteps.Values<long>());
        _streams.Normal(RandomPurpose.TrainingNoise, 0, size, step, _noise.Values<float>());
        if (_mirrored is not null)
        {
            _streams.Integers(RandomPurpose.Flip, 0, size, step, 2, _mirrored.Values<long>());
        }
        (Tensor clean, Tensor? condition) = _data.Pick(_indices.Send(), _mirrored?.Send());
        Tensor? shown = condition is null || _dropped is null ? condition : _dropped.Apply(condition, step);
        return new Batch(clean, _noise.Send(), _timesteps.Send(), _timestepValues, shown);
    }

    public void Dispose()
    {
        _data.Dispose();
        _noise.Dispose();
        _indices.Dispose();
        _timesteps.Dispose();
        _mirrored?.Dispose();
        _dropped?.Dispose();
    }

    private void Pick(long step, Span<long> indices)
    {
        if (_order == BatchOrder.WithReplacement)
        {
            _streams.Integers(RandomPurpose.Batch, 0, indices.Length, step, _count, indices);
            return;
        }
        for (int i = 0; i < indices.Length; i++)
        {
            (long epoch, long place) = Math.DivRem(step * indices.Length + i, _count);
            indices[i] = Order(epoch)[place];
        }
    }

    private int[] Order(long epoch)
    {
        if (!_epochs.TryGetValue(epoch, out int[]? order))
        {
            _epochs.Remove(epoch - 1);
            _epochs[epoch] = order = _streams.Permutation(RandomPurpose.Order, _count, epoch);
        }
        return order;
    }
}
