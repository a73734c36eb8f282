using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Training;

/// <summary>
/// A buffer in main memory to write to, and where the device is another, one there to send it to.
/// </summary>
internal sealed class Staged : IDisposable
{
    private readonly Tensor _local;
    private readonly Tensor? _remote;

    public Staged(long[] shape, ScalarType type, Device device)
    {
        _local = empty(shape, type, CPU).DetachFromDisposeScope();
        _remote = device.type == DeviceType.CPU ? null : empty(shape, type, device).DetachFromDisposeScope();
    }

    public Span<T> Values<T>()
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(_local.bytes);

    public Tensor Send() => _remote is null ? _local : _remote.copy_(_local);

    public void Dispose()
    {
        _local.Dispose();
        _remote?.Dispose();
    }
}
