using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp.Aten;

namespace TorchSharp.Interop;

/// <summary>Tags of <see cref="NativeValue"/>; the same numbers as ab_tag in aten_bridge.h.</summary>
internal enum ValueTag
{
    Default = 0,
    None = 1,
    Tensor = 2,
    Int = 3,
    Double = 4,
    Bool = 5,
    String = 6,
    Ints = 7,
    Doubles = 8,
    Tensors = 9,
    Device = 10,
    Generator = 11,
}

/// <summary>One tagged value that crosses the bridge; mirrors ab_value in aten_bridge.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeValue
{
    public ValueTag Tag;
    public int Count;
    public long Bits;
}

/// <summary>What libtorch knows of a tensor; mirrors ab_tensor_info in aten_bridge.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TensorInfo
{
    public long Dimensions, Elements, StorageOffset, ElementSize;
    public int DType, DeviceType, DeviceIndex, Flags;
    public long* Sizes, Strides;

    public const int RequiresGrad = 1, IsLeaf = 2, IsContiguous = 4, IsSparse = 8;
}

/// <summary>
/// The native functions of aten_bridge.h, in the order of that header. Nothing above this folder sees a pointer;
/// failures become <see cref="AtenException"/> in <see cref="Check"/>.
/// </summary>
internal static unsafe partial class Bridge
{
    private const string Library = "aten_bridge";

    [LibraryImport(Library)] private static partial void ab_text_free(byte* text);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ab_find_operator(string name, string overload, out nint handle, out byte* error);
    [LibraryImport(Library)] public static partial byte* ab_operator_schema(nint op);
    [LibraryImport(Library)]
    public static partial int ab_call(nint op, NativeValue* arguments, int n, NativeValue* results, int capacity,
        out int count, out byte* error);

    [LibraryImport(Library)] public static partial void ab_tensor_free(nint handle);
    [LibraryImport(Library)] public static partial nint ab_tensor_alias(nint handle);
    [LibraryImport(Library)]
    public static partial int ab_tensor_info_get(nint handle, out TensorInfo info, out byte* error);
    [LibraryImport(Library)] public static partial int ab_tensor_data(nint handle, out nint data, out byte* error);
    [LibraryImport(Library)]
    public static partial int ab_tensor_set_requires_grad(nint handle, int value, out byte* error);
    [LibraryImport(Library)] public static partial int ab_tensor_grad(nint handle, out nint grad, out byte* error);
    [LibraryImport(Library)] public static partial int ab_tensor_set_grad(nint handle, nint grad, out byte* error);
    [LibraryImport(Library)]
    public static partial int ab_tensor_from_memory(nint data, long* sizes, int dimensions, int dtype,
        delegate* unmanaged<nint, void> free, nint context, out nint handle, out byte* error);

    [LibraryImport(Library)]
    public static partial int ab_backward(nint* tensors, int n, nint* gradients, int gradientCount, int retainGraph,
        int createGraph, nint* inputs, int inputCount, out byte* error);
    [LibraryImport(Library)]
    public static partial int ab_grad(nint* outputs, int n, nint* inputs, int inputCount, nint* gradients,
        int gradientCount, int retainGraph, int createGraph, int allowUnused, nint* results, out byte* error);
    [LibraryImport(Library)]
    public static partial int ab_attach_node(nint* inputs, int inputCount, nint* outputs, int outputCount,
        delegate* unmanaged<nint, nint*, int, nint*, int, byte**, int> backward,
        delegate* unmanaged<nint, void> release, delegate* unmanaged<nint, void> free, nint context, out byte* error);

    [LibraryImport(Library), SuppressGCTransition] public static partial int ab_grad_enabled();
    [LibraryImport(Library), SuppressGCTransition] public static partial void ab_set_grad_enabled(int enabled);
    [LibraryImport(Library), SuppressGCTransition] public static partial int ab_inference_enabled();
    [LibraryImport(Library)] public static partial nint ab_inference_enter(int enabled);
    [LibraryImport(Library)] public static partial void ab_inference_leave(nint guard);

    [LibraryImport(Library)]
    public static partial int ab_generator_new(long device, ulong seed, out nint handle, out byte* error);
    [LibraryImport(Library)]
    public static partial int ab_generator_default(long device, out nint handle, out byte* error);
    [LibraryImport(Library)] public static partial void ab_generator_free(nint handle);
    [LibraryImport(Library)] public static partial int ab_generator_seed(nint handle, ulong seed, out byte* error);
    [LibraryImport(Library)] public static partial ulong ab_generator_initial_seed(nint handle);
    [LibraryImport(Library)] public static partial int ab_generator_state(nint handle, out nint state, out byte* error);
    [LibraryImport(Library)] public static partial int ab_generator_set_state(nint handle, nint state, out byte* error);

    [LibraryImport(Library)] public static partial void ab_manual_seed(ulong seed);
    [LibraryImport(Library)] public static partial int ab_get_num_threads();
    [LibraryImport(Library)] public static partial int ab_set_num_threads(int n, out byte* error);
    [LibraryImport(Library)] public static partial int ab_get_num_interop_threads();
    [LibraryImport(Library)] public static partial int ab_set_num_interop_threads(int n, out byte* error);
    [LibraryImport(Library)] public static partial int ab_cuda_device_count();
    [LibraryImport(Library)] public static partial int ab_has_cudnn();
    [LibraryImport(Library)] public static partial int ab_allow_tf32(int which);
    [LibraryImport(Library)] public static partial void ab_set_allow_tf32(int which, int allow);
    [LibraryImport(Library)] public static partial byte* ab_show_config();

    /// <summary>Throws what a native function reported; does nothing when it succeeded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Check(int failed, byte* error)
    {
        if (failed != 0)
        {
            throw new AtenException(TakeText(error));
        }
    }

    /// <summary>Copies native text and frees it.</summary>
    public static string TakeText(byte* text)
    {
        string copy = Marshal.PtrToStringUTF8((nint)text) ?? "";
        ab_text_free(text);
        return copy;
    }

    /// <summary>A device as the bridge packs it: type in the low byte, index above.</summary>
    public static long Pack(torch.Device device) => (long)(int)device.type | ((long)device.index << 8);
}
