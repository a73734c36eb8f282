using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp.Interop;

namespace TorchSharp;

// Tensors from arrays of any rank (copied) and over an array's own memory (pinned), and what tensor(...) copies with.
public static partial class torch
{
    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, null, device);

    /// <summary>Copies an array of any rank; the element type is that of the array unless given.</summary>
    public static Tensor from_array(
        Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        rawArray.GetType().GetElementType() switch
        {
            var type when type == typeof(float) =>
                CopyArray<float>(rawArray, dtype, device, requires_grad, names),
            var type when type == typeof(double) =>
                CopyArray<double>(rawArray, dtype, device, requires_grad, names),
            var type when type == typeof(long) =>
                CopyArray<long>(rawArray, dtype, device, requires_grad, names),
            var type when type == typeof(int) =>
                CopyArray<int>(rawArray, dtype, device, requires_grad, names),
            var type when type == typeof(byte) =>
                CopyArray<byte>(rawArray, dtype, device, requires_grad, names),
            var type when type == typeof(bool) =>
                CopyArray<bool>(rawArray, dtype, device, requires_grad, names),
            var type => throw new ArgumentException(
                $"An array of {type} has no element type in libtorch.", nameof(rawArray)),
        };

    /// <summary>
    /// A one-dimensional tensor over the array's own memory, which stays pinned until libtorch lets go of it.
    /// </summary>
    /// <param name="rawArray">The array; changes to it change the tensor.</param>
    /// <param name="dtype">The element type the bytes are read as.</param>
    /// <param name="count">How many elements; -1: all that fit.</param>
    /// <param name="offset">Where to begin, in bytes.</param>
    /// <param name="requires_grad">Whether autograd records.</param>
    public static unsafe Tensor frombuffer(
        Array rawArray, ScalarType dtype, long count = -1, long offset = 0, bool requires_grad = false)
    {
        long bytes = Buffer.ByteLength(rawArray) - offset;
        long size = ElementSizeOf(dtype);
        long elements = count < 0 ? bytes / size : count;
        if (offset < 0 || elements * size > bytes)
        {
            throw new ArgumentOutOfRangeException(
                nameof(count), count,
                $"{elements} elements of {size} bytes from byte {offset} do not fit in {Buffer.ByteLength(rawArray)} "
                + "bytes.");
        }
        GCHandle pin = GCHandle.Alloc(rawArray, GCHandleType.Pinned);
        int failed = Bridge.ab_tensor_from_memory(
            pin.AddrOfPinnedObject() + (nint)offset, &elements, 1, (int)dtype, &Unpin, GCHandle.ToIntPtr(pin),
            out nint handle, out byte* error);
        if (failed != 0)
        {
            pin.Free();
        }
        Bridge.Check(failed, error);
        return Finish(new Tensor(handle), requires_grad);
    }

    public static bool is_floating_point(ScalarType type) =>
        type is ScalarType.Float16 or ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16;

    public static bool is_integral(ScalarType type) =>
        type is ScalarType.Byte or ScalarType.Int8 or ScalarType.Int16 or ScalarType.Int32 or ScalarType.Int64
            or ScalarType.Bool;

    public static bool is_complex(ScalarType type) => type is ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64;

    [UnmanagedCallersOnly]
    private static void Unpin(nint context) => GCHandle.FromIntPtr(context).Free();

    private static long ElementSizeOf(ScalarType type) => type switch
    {
        ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int32 or ScalarType.Float32 => 4,
        ScalarType.ComplexFloat64 => 16,
        _ => 8,
    };

    private static Tensor CopyArray<T>(
        Array array, ScalarType? dtype, Device? device, bool requiresGrad, string[]? names)
        where T : unmanaged
    {
        var shape = new long[array.Rank];
        for (int d = 0; d < shape.Length; d++)
        {
            shape[d] = array.GetLongLength(d);
        }
        ReadOnlySpan<T> values = array.Length == 0 ? [] : MemoryMarshal.CreateReadOnlySpan(
            ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);
        return Copy(values, shape, dtype, device, requiresGrad, names);
    }

    private static Tensor Copy<T>(
        ReadOnlySpan<T> values, long[] shape, ScalarType? dtype, Device? device, bool requiresGrad, string[]? names)
        where T : unmanaged
    {
        long expected = shape.Aggregate(1L, (product, size) => product * size);
        if (expected != values.Length)
        {
            throw new ArgumentException(
                $"The shape [{string.Join(", ", shape)}] needs {expected} values, but {values.Length} were given.",
                nameof(shape));
        }
        Tensor tensor = empty(shape, TypeOf<T>());
        MemoryMarshal.AsBytes(values).CopyTo(tensor.bytes);
        if ((dtype is ScalarType type && type != tensor.dtype) || device is { type: not DeviceType.CPU })
        {
            tensor = tensor.to(dtype ?? tensor.dtype, device ?? CPU, disposeAfter: true);
        }
        return Finish(tensor, requiresGrad, names);
    }
}
