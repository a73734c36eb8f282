using System.Globalization;
using System.Runtime.InteropServices;
using TorchSharp.Aten;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Sizes of the dimensions.</summary>
        public unsafe long[] shape
        {
            get
            {
                TensorInfo info = Info();
                long[] sizes = new ReadOnlySpan<long>(info.Sizes, (int)info.Dimensions).ToArray();
                GC.KeepAlive(this); // the sizes lie in native memory, which goes with a temporary's finalizer
                return sizes;
            }
        }

        public long ndim => Info().Dimensions;

        public long Dimensions => Info().Dimensions;

        public long NumberOfElements => Info().Elements;

        public long ElementSize => Info().ElementSize;

        public ScalarType dtype => (ScalarType)Info().DType;

        public Device device
        {
            get
            {
                TensorInfo info = Info();
                var type = (DeviceType)info.DeviceType;
                return type == DeviceType.CPU ? CPU : new Device(type, info.DeviceIndex);
            }
        }

        public DeviceType device_type => (DeviceType)Info().DeviceType;

        public int device_index => Info().DeviceIndex;

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_meta => device_type == DeviceType.META;

        public bool is_sparse => (Info().Flags & TensorInfo.IsSparse) != 0;

        public bool is_leaf => (Info().Flags & TensorInfo.IsLeaf) != 0;

        public unsafe bool requires_grad
        {
            get => (Info().Flags & TensorInfo.RequiresGrad) != 0;
            set => Bridge.Check(Bridge.ab_tensor_set_requires_grad(Handle, value ? 1 : 0, out byte* error), error);
        }

        public long dim() => Info().Dimensions;

        public long numel() => Info().Elements;

        public long element_size() => Info().ElementSize;

        public long storage_offset() => Info().StorageOffset;

        public long[] size() => shape;

        /// <param name="dim">The dimension; negative counts from the last.</param>
        public unsafe long size(int dim)
        {
            TensorInfo info = Info();
            long size = info.Sizes[Wrap(dim, info.Dimensions)];
            GC.KeepAlive(this);
            return size;
        }

        public unsafe long[] stride()
        {
            TensorInfo info = Info();
            long[] strides = new ReadOnlySpan<long>(info.Strides, (int)info.Dimensions).ToArray();
            GC.KeepAlive(this);
            return strides;
        }

        public unsafe long stride(int dim)
        {
            TensorInfo info = Info();
            long stride = info.Strides[Wrap(dim, info.Dimensions)];
            GC.KeepAlive(this);
            return stride;
        }

        public bool is_contiguous() => (Info().Flags & TensorInfo.IsContiguous) != 0;

        public bool is_cpu() => device_type == DeviceType.CPU;

        public bool is_floating_point() => torch.is_floating_point(dtype);

        public bool is_integral() => torch.is_integral(dtype);

        public bool is_complex() => torch.is_complex(dtype);

        public override bool Equals(object? obj) => ReferenceEquals(this, obj);

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

        /// <summary>Type, shape and device; the values too while there are few.</summary>
        public override string ToString()
        {
            if (IsInvalid)
            {
                return "disposed tensor";
            }
            string head = $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";
            if (numel() is 0 or > 64 || is_meta || is_complex())
            {
                return head;
            }
            using DisposeScope scope = NewDisposeScope();
            ReadOnlySpan<double> numbers = MemoryMarshal.Cast<byte, double>(
                detach().to(ScalarType.Float64, CPU).contiguous().bytes);
            var texts = new List<string>();
            foreach (double number in numbers)
            {
                texts.Add(number.ToString("G5", CultureInfo.InvariantCulture));
            }
            return $"{head}, value = [{string.Join(", ", texts)}]";
        }

        internal unsafe TensorInfo Info()
        {
            OperatorProfile.CountCall();
            Bridge.Check(Bridge.ab_tensor_info_get(Handle, out TensorInfo info, out byte* error), error);
            GC.KeepAlive(this);
            return info;
        }

        private static long Wrap(int dim, long dimensions)
        {
            long wrapped = dim < 0 ? dim + dimensions : dim;
            return wrapped >= 0 && wrapped < dimensions ? wrapped : throw new ArgumentOutOfRangeException(
                nameof(dim), dim, $"The tensor has {dimensions} dimensions.");
        }
    }
}
