using Diffusion.Sdk.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Pipelines;

/// <summary>
/// The random numbers of one block, drawn into one buffer. What a sample gets depends on its own address alone. Shapes:
/// B rows of the block.
/// </summary>
internal sealed class BlockNoise : IDisposable
{
    private readonly RandomStreams _streams;
    private readonly int _first;
    private readonly int _rows;
    private readonly float[] _values;
    private readonly Tensor _local;
    private readonly Tensor? _remote;

    /// <param name="streams">Where the numbers come from.</param>
    /// <param name="first">The block's first sample.</param>
    /// <param name="shape">[B, ...].</param>
    /// <param name="device">Where they shall be.</param>
    public BlockNoise(RandomStreams streams, int first, long[] shape, Device device)
    {
        (_streams, _first, _rows) = (streams, first, (int)shape[0]);
        _values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        // The tensor reads the array's own memory: filling the array is all there is to do per step.
        using (Tensor flat = frombuffer(_values, ScalarType.Float32))
        {
            _local = flat.view(shape).DetachFromDisposeScope();
        }
        _remote = device.type == DeviceType.CPU
            ? null
            : empty(shape, ScalarType.Float32, device).DetachFromDisposeScope();
    }

    /// <summary>Standard normal numbers, float32 [B, ...]; they hold until the next call.</summary>
    public Tensor Draw(RandomPurpose purpose, long step)
    {
        _streams.Normal(purpose, _first, _rows, step, _values);
        return _remote?.copy_(_local) ?? _local;
    }

    public void Dispose()
    {
        _local.Dispose();
        _remote?.Dispose();
    }
}
