using System.Collections;
using System.Runtime.InteropServices;

namespace TorchSharp.Utils;

/// <summary>Elements of a tensor in main memory, in row-major order whatever the strides.</summary>
/// <typeparam name="T">The element type.</typeparam>
public sealed class TensorAccessor<T> : IDisposable, IEnumerable<T>
    where T : unmanaged
{
    private readonly torch.Tensor _tensor;

    internal TensorAccessor(torch.Tensor tensor)
    {
        if (tensor.device_type != DeviceType.CPU)
        {
            throw new InvalidOperationException(
                $"The tensor lives on {tensor.device}; bring it to main memory first, with cpu().");
        }
        _tensor = tensor;
    }

    public long Count => _tensor.NumberOfElements;

    public T this[params long[] indices]
    {
        get => _tensor.is_contiguous() ? Elements()[Offset(indices)] : ToArray()[Offset(indices)];
        set
        {
            if (!_tensor.is_contiguous())
            {
                throw new InvalidOperationException("Only a contiguous tensor is written element by element.");
            }
            Elements()[Offset(indices)] = value;
        }
    }

    public T[] ToArray()
    {
        if (_tensor.is_contiguous())
        {
            T[] copy = Elements().ToArray();
            GC.KeepAlive(_tensor);
            return copy;
        }
        using torch.Tensor dense = _tensor.detach().contiguous();
        return MemoryMarshal.Cast<byte, T>(dense.bytes).ToArray();
    }

    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0) =>
        ToArray().AsSpan((int)tensorIndex).CopyTo(array[arrayIndex..]);

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) =>
        CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        if (!_tensor.is_contiguous())
        {
            throw new InvalidOperationException("Only a contiguous tensor is written into.");
        }
        array[arrayIndex..].CopyTo(Elements()[(int)tensorIndex..]);
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) =>
        CopyFrom(array.AsSpan(), arrayIndex, tensorIndex);

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)ToArray()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Does nothing: the accessor borrows the tensor.</summary>
    public void Dispose()
    {
    }

    private Span<T> Elements() => MemoryMarshal.Cast<byte, T>(_tensor.bytes);

    private int Offset(long[] indices)
    {
        long[] shape = _tensor.shape;
        if (indices.Length != shape.Length)
        {
            throw new ArgumentException(
                $"{indices.Length} indices for a tensor of {shape.Length} dimensions.", nameof(indices));
        }
        long offset = 0;
        for (int d = 0; d < shape.Length; d++)
        {
            if (indices[d] < 0 || indices[d] >= shape[d])
            {
                throw new ArgumentOutOfRangeException(
                    nameof(indices), indices[d], $"Dimension {d} has size {shape[d]}.");
            }
            offset = offset * shape[d] + indices[d];
        }
        return checked((int)offset);
    }
}
