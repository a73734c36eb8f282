using TorchSharp.Interop;

namespace TorchSharp;

// Other element types, other devices.
public static partial class torch
{
    public partial class Tensor
    {
        // pin_memory lies between device and non_blocking.
        private static readonly Operator s_to = Operator.Find("aten::_to_copy");

        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Convert(type, null, copy, disposeAfter, non_blocking);
        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Convert(null, device, copy, disposeAfter, non_blocking);
        public Tensor to(
            ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Convert(type, device, copy, disposeAfter, non_blocking);
        public Tensor to(
            DeviceType deviceType, int deviceIndex = -1, bool copy = false, bool disposeAfter = false,
            bool non_blocking = false) =>
            Convert(null, new Device(deviceType, deviceIndex), copy, disposeAfter, non_blocking);
        public Tensor to(string device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Convert(null, new Device(device), copy, disposeAfter, non_blocking);
        public Tensor to(Tensor other, bool non_blocking = false) =>
            Convert(other.dtype, other.device, false, false, non_blocking);
        public Tensor to_type(
            ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Convert(type, null, copy, disposeAfter, non_blocking);
        public Tensor type(ScalarType dtype) => to(dtype);
        public Tensor type_as(Tensor tensor) => to(tensor.dtype);
        public Tensor cpu() => to(CPU);
        public Tensor cuda(Device? device = null, bool non_blocking = false) =>
            to(device ?? CUDA, non_blocking: non_blocking);
        public Tensor @float() => to(ScalarType.Float32);
        public Tensor @double() => to(ScalarType.Float64);
        public Tensor half() => to(ScalarType.Float16);
        public Tensor bfloat16() => to(ScalarType.BFloat16);
        public Tensor @long() => to(ScalarType.Int64);
        public Tensor @int() => to(ScalarType.Int32);
        public Tensor @byte() => to(ScalarType.Byte);
        public Tensor @bool() => to(ScalarType.Bool);

        // When nothing changes the result is the same tensor, as in PyTorch, under a handle of its own.
        private Tensor Convert(ScalarType? type, Device? device, bool copy, bool disposeAfter, bool nonBlocking)
        {
            bool same = (type is null || type == dtype) && (device is null || SameDevice(device));
            Tensor result = same && !copy
                ? new Tensor(Bridge.ab_tensor_alias(Handle))
                : s_to.Call(this, type, Argument.None, device, Argument.None, nonBlocking);
            if (disposeAfter)
            {
                Dispose();
            }
            return result;
        }

        private bool SameDevice(Device device) =>
            device_type == device.type
            && (device.index < 0 || device.type == DeviceType.CPU || device.index == device_index);
    }
}
