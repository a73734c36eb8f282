using System.Runtime.InteropServices;
using TorchSharp.Interop;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>
        /// The native memory itself, row-major: reading copies nothing, writing changes the tensor. Setting copies in.
        /// Valid until the tensor is disposed.
        /// </summary>
        /// <exception cref="InvalidOperationException">The tensor is not contiguous, or not in main memory.</exception>
        /// <exception cref="ArgumentException">Set with another number of bytes than the tensor has.</exception>
        public unsafe Span<byte> bytes
        {
            get
            {
                TensorInfo info = Info();
                RequireReadable(info);
                int count = checked((int)(info.Elements * info.ElementSize));
                return count == 0 ? [] : new Span<byte>(Data(), count);
            }
            set
            {
                Span<byte> own = bytes;
                if (own.Length != value.Length)
                {
                    throw new ArgumentException(
                        $"{value.Length} bytes were given, but the tensor has {own.Length}.", nameof(value));
                }
                value.CopyTo(own);
            }
        }

        /// <summary>Typed access to the elements of a tensor in main memory.</summary>
        /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not the element type.</exception>
        public TensorAccessor<T> data<T>()
            where T : unmanaged
        {
            RequireType<T>();
            return new TensorAccessor<T>(this);
        }

        /// <summary>The value of a tensor with one element, brought to main memory.</summary>
        /// <exception cref="InvalidOperationException">
        /// There is not exactly one element, or the type differs.
        /// </exception>
        public T item<T>()
            where T : unmanaged
        {
            if (numel() != 1)
            {
                throw new InvalidOperationException(
                    $"item() needs one element, but the shape is [{string.Join(", ", shape)}].");
            }
            RequireType<T>();
            if (device_type == DeviceType.CPU)
            {
                T value = MemoryMarshal.Read<T>(OneElement());
                GC.KeepAlive(this); // a temporary's memory goes with its finalizer
                return value;
            }
            using Tensor local = to(CPU);
            return MemoryMarshal.Read<T>(local.OneElement());
        }

        /// <summary>The value of a tensor with one element.</summary>
        public Scalar ToScalar()
        {
            if (numel() != 1)
            {
                throw new InvalidOperationException(
                    $"ToScalar() needs one element, but the shape is [{string.Join(", ", shape)}].");
            }
            return dtype switch
            {
                ScalarType.Float64 => item<double>(),
                ScalarType.Float32 => item<float>(),
                ScalarType.Float16 => item<Half>(),
                ScalarType.Int64 => item<long>(),
                ScalarType.Int32 => item<int>(),
                ScalarType.Int16 => item<short>(),
                ScalarType.Int8 => item<sbyte>(),
                ScalarType.Byte => item<byte>(),
                ScalarType.Bool => item<bool>(),
                ScalarType.BFloat16 => BFloat16ToSingle(),
                _ => throw new InvalidOperationException($"A {dtype} has no scalar here."),
            };
        }

        internal unsafe void* Data()
        {
            Bridge.Check(Bridge.ab_tensor_data(Handle, out nint data, out byte* error), error);
            if (data == 0 && NumberOfElements > 0)
            {
                // Autograd's gradient of a step function, for one, has a shape but no memory.
                throw new InvalidOperationException(
                    "The tensor is a symbolic zero without memory; call clone() first.");
            }
            return (void*)data;
        }

        private float BFloat16ToSingle()
        {
            using Tensor wide = to(ScalarType.Float32);
            return wide.item<float>();
        }

        private unsafe ReadOnlySpan<byte> OneElement() => new(Data(), (int)ElementSize);

        private void RequireReadable(TensorInfo info)
        {
            if ((DeviceType)info.DeviceType != DeviceType.CPU)
            {
                throw new InvalidOperationException(
                    $"The tensor lives on {device}; bring it to main memory first, with cpu().");
            }
            if ((info.Flags & TensorInfo.IsContiguous) == 0)
            {
                throw new InvalidOperationException("The tensor is not contiguous; call contiguous() first.");
            }
        }

        private void RequireType<T>()
            where T : unmanaged
        {
            if (TypeOf<T>() is ScalarType type && type == dtype)
            {
                return;
            }
            throw new InvalidOperationException($"The elements are {dtype}, not {typeof(T).Name}.");
        }
    }

    /// <summary>The element type of a .NET type; null when libtorch has none.</summary>
    internal static ScalarType? TypeOf<T>() => default(T) switch
    {
        float => ScalarType.Float32,
        double => ScalarType.Float64,
        long => ScalarType.Int64,
        int => ScalarType.Int32,
        short => ScalarType.Int16,
        sbyte => ScalarType.Int8,
        byte => ScalarType.Byte,
        bool => ScalarType.Bool,
        Half => ScalarType.Float16,
        _ => null,
    };
}
