using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp;

/// <summary>Moves of whole modules between devices and element types.</summary>
public static class ModuleExtensionMethods
{
    /// <summary>Moves a module to a device and an element type; integer tensors keep their type.</summary>
    /// <returns>The module.</returns>
    public static T to<T>(this T module, Device device, ScalarType type, bool non_blocking = false)
        where T : Module => (T)module._to(device, type, non_blocking);

    /// <summary>Moves a module to a device.</summary>
    /// <returns>The module.</returns>
    public static T to<T>(this T module, Device device, bool non_blocking = false)
        where T : Module => (T)module._to(device.type, device.index, non_blocking);

    /// <summary>Moves a module to a device.</summary>
    /// <returns>The module.</returns>
    public static T to<T>(this T module, DeviceType deviceType, int deviceIndex = -1, bool non_blocking = false)
        where T : Module => (T)module._to(deviceType, deviceIndex, non_blocking);

    /// <summary>Moves a module to a device given as text, such as <c>cuda:0</c>.</summary>
    /// <returns>The module.</returns>
    public static T to<T>(this T module, string device, bool non_blocking = false)
        where T : Module => module.to(new Device(device), non_blocking);

    /// <summary>Converts floating-point parameters and buffers to an element type.</summary>
    /// <returns>The module.</returns>
    public static T to<T>(this T module, ScalarType type, bool non_blocking = false)
        where T : Module => (T)module._to(type, non_blocking);

    /// <summary>Moves a module to a tensor's device and element type.</summary>
    /// <returns>The module.</returns>
    public static T to<T>(this T module, Tensor other, bool non_blocking = false)
        where T : Module => (T)module._to(other.device, other.dtype, non_blocking);

    /// <summary>Moves a module to the processor.</summary>
    /// <returns>The module.</returns>
    public static T cpu<T>(this T module, bool non_blocking = false)
        where T : Module => module.to(DeviceType.CPU, -1, non_blocking);

    /// <summary>Moves a module to an NVIDIA GPU; -1 is the current one.</summary>
    /// <returns>The module.</returns>
    public static T cuda<T>(this T module, int deviceIndex = -1, bool non_blocking = false)
        where T : Module => module.to(DeviceType.CUDA, deviceIndex, non_blocking);

    /// <summary>Converts a module to float16.</summary>
    /// <returns>The module.</returns>
    public static T half<T>(this T module, bool non_blocking = false)
        where T : Module => module.to(ScalarType.Float16, non_blocking);

    /// <summary>Converts a module to bfloat16.</summary>
    /// <returns>The module.</returns>
    public static T bfloat16<T>(this T module, bool non_blocking = false)
        where T : Module => module.to(ScalarType.BFloat16, non_blocking);

    /// <summary>Converts a module to float32.</summary>
    /// <returns>The module.</returns>
    public static T @float<T>(this T module, bool non_blocking = false)
        where T : Module => module.to(ScalarType.Float32, non_blocking);

    /// <summary>Converts a module to float64.</summary>
    /// <returns>The module.</returns>
    public static T @double<T>(this T module, bool non_blocking = false)
        where T : Module => module.to(ScalarType.Float64, non_blocking);
}
