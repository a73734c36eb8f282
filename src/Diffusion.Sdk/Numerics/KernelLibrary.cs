using System.Runtime.InteropServices;

namespace Diffusion.Sdk.Numerics;

/// <summary>The functions of libdiffusion_kernels, as src/Diffusion.Kernels/kernels.h describes them.</summary>
internal static unsafe partial class KernelLibrary
{
    private const string Library = "diffusion_kernels";

    [LibraryImport(Library, EntryPoint = "dk_variants")]
    public static partial byte* Variants();

    [LibraryImport(Library, EntryPoint = "dk_choose_variant", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChooseVariant(string name);

    [LibraryImport(Library, EntryPoint = "dk_time_kernels")]
    public static partial void TimeKernels(int on);

    [LibraryImport(Library, EntryPoint = "dk_kernel_time")]
    public static partial byte* KernelTime(long index, out long calls, out long nanoseconds);

    [LibraryImport(Library, EntryPoint = "dk_group_norm_forward")]
    public static partial void GroupNormForward(
        float* x, float* shift, float* weight, float* bias, float* y, float* mean, float* rstd, float* scratch,
        long images, long pixels, long channels, long groups, float eps, int silu);

    [LibraryImport(Library, EntryPoint = "dk_group_norm_forward_bf16")]
    public static partial void GroupNormForwardBF16(
        ushort* x, ushort* shift, ushort* weight, ushort* bias, ushort* y, float* mean, float* rstd, float* scratch,
        long images, long pixels, long channels, long groups, float eps, int silu);

    [LibraryImport(Library, EntryPoint = "dk_group_norm_backward")]
    public static partial void GroupNormBackward(
        float* x, float* shift, float* weight, float* bias, float* mean, float* rstd, float* dy, float* dx,
        float* dshift, float* dweight, float* dbias, float* scratch, long images, long pixels, long channels,
        long groups, int silu);

    [LibraryImport(Library, EntryPoint = "dk_group_norm_backward_bf16")]
    public static partial void GroupNormBackwardBF16(
        ushort* x, ushort* shift, ushort* weight, ushort* bias, float* mean, float* rstd, ushort* dy, ushort* dx,
        ushort* dshift, float* dweight, float* dbias, float* scratch, long images, long pixels, long channels,
        long groups, int silu);

    [LibraryImport(Library, EntryPoint = "dk_attention_scratch")]
    public static partial long AttentionScratch(long length, long size);

    [LibraryImport(Library, EntryPoint = "dk_attention_forward")]
    public static partial void AttentionForward(
        float* qkv, float* output, float* sums, float* scratch, long images, long length, long heads, long size,
        float scale);

    [LibraryImport(Library, EntryPoint = "dk_attention_forward_bf16")]
    public static partial void AttentionForwardBF16(
        ushort* qkv, ushort* output, float* sums, float* scratch, long images, long length, long heads, long size,
        float scale);

    [LibraryImport(Library, EntryPoint = "dk_attention_backward")]
    public static partial void AttentionBackward(
        float* qkv, float* output, float* sums, float* gradient, float* result, float* scratch, long images,
        long length, long heads, long size, float scale);

    [LibraryImport(Library, EntryPoint = "dk_attention_backward_bf16")]
    public static partial void AttentionBackwardBF16(
        ushort* qkv, ushort* output, float* sums, ushort* gradient, ushort* result, float* scratch, long images,
        long length, long heads, long size, float scale);

    [LibraryImport(Library, EntryPoint = "dk_has_norm_conv")]
    public static partial int HasNormConv();

    [LibraryImport(Library, EntryPoint = "dk_norm_conv_scratch")]
    public static partial long NormConvScratch(NormConvShape* conv, int backward);

    [LibraryImport(Library, EntryPoint = "dk_norm_conv_forward")]
    public static partial void NormConvForward(
        NormConvShape* conv, ushort* x, ushort* shift, ushort* normWeight, ushort* normBias, ushort* weight,
        ushort* bias, ushort* residual, ushort* y, float* mean, float* rstd, void* scratch);

    [LibraryImport(Library, EntryPoint = "dk_norm_conv_backward")]
    public static partial void NormConvBackward(
        NormConvShape* conv, ushort* x, ushort* shift, ushort* normWeight, ushort* normBias, ushort* weight,
        float* mean, float* rstd, ushort* dy, ushort* dx, ushort* dshift, float* dnormWeight, float* dnormBias,
        float* dweight, float* dbias, void* scratch);

    [LibraryImport(Library, EntryPoint = "dk_dense_packed")]
    public static partial long DensePacked(long depth, long columns);

    [LibraryImport(Library, EntryPoint = "dk_dense_pack")]
    public static partial void DensePack(
        float* b, long rowStep, long columnStep, float* packed, long depth, long columns);

    [LibraryImport(Library, EntryPoint = "dk_dense_forward")]
    public static partial void DenseForward(
        float* x, long xStride, float* packed, float* bias, float* addend, long* labels, float* y, float* slope,
        long rows, long inputs, long outputs, int activation);

    [LibraryImport(Library, EntryPoint = "dk_dense_backward")]
    public static partial void DenseBackward(
        float* dz, float* packed, float* slope, float* dx, long rows, long outputs, long inputs);

    [LibraryImport(Library, EntryPoint = "dk_dense_gradient")]
    public static partial void DenseGradient(
        float* dz, float* x, long xStride, float* dweight, long stride, float* dbias, float* scratch, long rows,
        long outputs, long inputs);

    [LibraryImport(Library, EntryPoint = "dk_has_dense_bf16")]
    public static partial int HasDenseBF16();

    [LibraryImport(Library, EntryPoint = "dk_dense_size_bf16")]
    public static partial long DenseSizeBF16(long rows, long columns);

    [LibraryImport(Library, EntryPoint = "dk_dense_rows_bf16")]
    public static partial void DenseRowsBF16(float* x, long xStride, ushort* y, long rows, long columns);

    [LibraryImport(Library, EntryPoint = "dk_dense_pack_bf16")]
    public static partial void DensePackBF16(
        float* b, long rowStep, long columnStep, ushort* packed, long depth, long columns);

    [LibraryImport(Library, EntryPoint = "dk_dense_first_bf16")]
    public static partial void DenseFirstBF16(
        float* x, long xStride, float* weight, float* bias, float* addend, long* labels, ushort* y, long rows,
        long inputs, long outputs, int activation);

    [LibraryImport(Library, EntryPoint = "dk_dense_forward_bf16")]
    public static partial void DenseForwardBF16(
        ushort* x, ushort* packed, float* bias, float* addend, ushort* y, ushort* slope, float* exact, long rows,
        long inputs, long outputs, int activation);

    [LibraryImport(Library, EntryPoint = "dk_dense_backward_bf16")]
    public static partial void DenseBackwardBF16(
        ushort* dz, ushort* packed, ushort* slope, ushort* dx, long rows, long outputs, long inputs);

    [LibraryImport(Library, EntryPoint = "dk_dense_gradient_bf16")]
    public static partial void DenseGradientBF16(
        ushort* dz, ushort* x, float* dweight, long stride, float* dbias, ushort* scratch, long rows, long outputs,
        long inputs);

    [LibraryImport(Library, EntryPoint = "dk_combine")]
    public static partial void Combine(float* x, float a, float* y, float b, float* z, float c, long count);

    [LibraryImport(Library, EntryPoint = "dk_adam")]
    public static partial void Adam(
        float* values, float* gradient, float* mean, float* square, in AdamStep step, long count);
}
