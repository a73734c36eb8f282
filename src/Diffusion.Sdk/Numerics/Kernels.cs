using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Numerics;

/// <summary>
/// The native kernels of src/Diffusion.Kernels, for operators that libtorch is slow at on a processor. Where the library
/// is absent or switched off, operators of libtorch are composed instead, which is slower and equal but for rounding.
/// All tensors are contiguous and in main memory, float32 or bfloat16 alike; what is kept for a backward and sums are
/// float32. Shapes: N images, L pixels, C channels, g groups, h heads, d channels of a head.
/// </summary>
internal static unsafe class Kernels
{
    /// <summary>The environment variable that names the variant to use, or "off".</summary>
    public const string Setting = "DIFFUSION_KERNELS";

    private const string Off = "off";

    private static readonly Lazy<string?> s_wanted = new(Wanted);
    private static (bool Given, string? Variant) s_use;

    /// <summary>The variant in use, such as "amx"; null: none.</summary>
    /// <exception cref="ArgumentException">The environment asks for one that this machine cannot run.</exception>
    public static string? Variant => s_use.Given ? s_use.Variant : s_wanted.Value;

    /// <summary>The variants that this machine can run, best first; none where there is no library.</summary>
    public static IReadOnlyList<string> Variants { get; } = FindVariants();

    /// <summary>Whether kernels do the work for such a tensor.</summary>
    public static bool Serve(Tensor tensor) =>
        Variant is not null && tensor.device_type == DeviceType.CPU
            && tensor.dtype is ScalarType.Float32 or ScalarType.BFloat16
            && tensor.NumberOfElements <= int.MaxValue / sizeof(float);

    /// <summary>Whether the kernel of convolutions does the work for such a tensor.</summary>
    public static bool ServeConvolution(Tensor tensor) =>
        tensor.dtype == ScalarType.BFloat16 && Serve(tensor) && KernelLibrary.HasNormConv() != 0;

    /// <summary>Whether kernels do the work for tensors that lie dense.</summary>
    public static bool ServeAll(Tensor first, Tensor second, Tensor? third) =>
        ServeDense(first) && ServeDense(second) && (third is null || ServeDense(third));

    /// <summary>Chooses a variant for the whole process, for all calls that begin from now on.</summary>
    /// <param name="variant">One of <see cref="Variants"/>; null: none.</param>
    /// <exception cref="ArgumentException">This machine cannot run the variant.</exception>
    public static void Use(string? variant) => s_use = (true, Chosen(variant, nameof(variant)));

    /// <summary>Group norm and, if asked, SiLU; see dk_group_norm_forward.</summary>
    /// <param name="input">[N, L, C].</param>
    /// <param name="shift">[N, C], added to the input first; null for none.</param>
    /// <param name="weight">[C].</param>
    /// <param name="bias">[C].</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="silu">Whether SiLU follows.</param>
    /// <param name="output">[N, L, C]; receives the result.</param>
    /// <param name="mean">[N, g]; receives the means.</param>
    /// <param name="rstd">[N, g]; receives what the differences from the means were multiplied by.</param>
    public static void GroupNorm(
        Tensor input, Tensor? shift, Tensor weight, Tensor bias, double eps, bool silu, Tensor output, Tensor mean,
        Tensor rstd)
    {
        (long pixels, long channels, long groups) = (input.size(1), input.size(2), mean.size(1));
        bool half = IsHalf(input);
        BatchParts.Run(input.size(0), BatchParts.Count(input.size(0), 1), (_, first, count) =>
        {
            using var scratch = new Scratch(3 * channels);
            if (half)
            {
                KernelLibrary.GroupNormForwardBF16(
                    At<ushort>(input, first), At<ushort>(shift, first), At<ushort>(weight), At<ushort>(bias),
                    At<ushort>(output, first), At<float>(mean, first), At<float>(rstd, first), scratch.Pointer, count,
                    pixels, channels, groups, (float)eps, silu ? 1 : 0);
            }
            else
            {
                KernelLibrary.GroupNormForward(
                    At<float>(input, first), At<float>(shift, first), At<float>(weight), At<float>(bias),
                    At<float>(output, first), At<float>(mean, first), At<float>(rstd, first), scratch.Pointer, count,
                    pixels, channels, groups, (float)eps, silu ? 1 : 0);
            }
        });
    }

    /// <summary>The gradients of <see cref="GroupNorm"/>; see dk_group_norm_backward.</summary>
    /// <param name="input">[N, L, C].</param>
    /// <param name="shift">[N, C], or null.</param>
    /// <param name="weight">[C].</param>
    /// <param name="bias">[C].</param>
    /// <param name="mean">[N, g].</param>
    /// <param name="rstd">[N, g].</param>
    /// <param name="silu">Whether SiLU followed.</param>
    /// <param name="gradient">That of the output, [N, L, C].</param>
    /// <returns>
    /// Those of the input, of the shift if there is one, of the weight and the bias; the caller disposes them.
    /// </returns>
    public static (Tensor Input, Tensor? Shift, Tensor Weight, Tensor Bias) GroupNormBackward(
        Tensor input, Tensor? shift, Tensor weight, Tensor bias, Tensor mean, Tensor rstd, bool silu, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        (long images, long pixels, long channels) = (input.size(0), input.size(1), input.size(2));
        int parts = BatchParts.Count(images, 1);
        bool half = IsHalf(input);
        Tensor byInput = empty_like(input), byAffine = empty([2, parts, channels], ScalarType.Float32);
        Tensor? byShift = shift is null ? null : empty_like(shift);
        Tensor byWeight = byAffine.select(0, 0), byBias = byAffine.select(0, 1); // a row for each part
        BatchParts.Run(images, parts, (part, first, count) =>
        {
            using var scratch = new Scratch(5 * channels);
            if (half)
            {
                KernelLibrary.GroupNormBackwardBF16(
                    At<ushort>(input, first), At<ushort>(shift, first), At<ushort>(weight), At<ushort>(bias),
                    At<float>(mean, first), At<float>(rstd, first), At<ushort>(gradient, first),
                    At<ushort>(byInput, first), At<ushort>(byShift, first), At<float>(byWeight, part),
                    At<float>(byBias, part), scratch.Pointer, count, pixels, channels, mean.size(1), silu ? 1 : 0);
            }
            else
            {
                KernelLibrary.GroupNormBackward(
                    At<float>(input, first), At<float>(shift, first), At<float>(weight), At<float>(bias),
                    At<float>(mean, first), At<float>(rstd, first), At<float>(gradient, first),
                    At<float>(byInput, first), At<float>(byShift, first), At<float>(byWeight, part),
                    At<float>(byBias, part), scratch.Pointer, count, pixels, channels, mean.size(1), silu ? 1 : 0);
            }
        });
        return (
            byInput.MoveToOuterDisposeScope(), byShift?.MoveToOuterDisposeScope(),
            byWeight.sum(dim: 0).to_type(weight.dtype).MoveToOuterDisposeScope(),
            byBias.sum(dim: 0).to_type(bias.dtype).MoveToOuterDisposeScope());
    }

    /// <summary>softmax(scale Q K^T) V; see dk_attention_forward.</summary>
    /// <param name="qkv">[N, L, 3, h, d].</param>
    /// <param name="scale">More than 0.</param>
    /// <param name="output">[N, L, h, d]; receives the result.</param>
    /// <param name="sums">[N, h, L]; receives the logarithm of each row's sum.</param>
    public static void Attention(Tensor qkv, double scale, Tensor output, Tensor sums)
    {
        (long length, long heads, long size) = (qkv.size(1), qkv.size(3), qkv.size(4));
        bool half = IsHalf(qkv);
        BatchParts.Run(qkv.size(0), BatchParts.Count(qkv.size(0), 1), (_, first, count) =>
        {
            using var scratch = new Scratch(KernelLibrary.AttentionScratch(length, size));
            if (half)
            {
                KernelLibrary.AttentionForwardBF16(
                    At<ushort>(qkv, first), At<ushort>(output, first), At<float>(sums, first), scratch.Pointer, count,
                    length, heads, size, (float)scale);
            }
            else
            {
                KernelLibrary.AttentionForward(
                    At<float>(qkv, first), At<float>(output, first), At<float>(sums, first), scratch.Pointer, count,
                    length, heads, size, (float)scale);
            }
        });
    }

    /// <summary>The gradient of <see cref="Attention"/>; see dk_attention_backward.</summary>
    /// <param name="qkv">[N, L, 3, h, d].</param>
    /// <param name="scale">More than 0.</param>
    /// <param name="output">[N, L, h, d].</param>
    /// <param name="sums">[N, h, L].</param>
    /// <param name="gradient">That of the output.</param>
    /// <returns>[N, L, 3, h, d]; the caller disposes it.</returns>
    public static Tensor AttentionBackward(Tensor qkv, double scale, Tensor output, Tensor sums, Tensor gradient)
    {
        (long length, long heads, long size) = (qkv.size(1), qkv.size(3), qkv.size(4));
        bool half = IsHalf(qkv);
        Tensor result = empty_like(qkv);
        BatchParts.Run(qkv.size(0), BatchParts.Count(qkv.size(0), 1), (_, first, count) =>
        {
            using var scratch = new Scratch(KernelLibrary.AttentionScratch(length, size));
            if (half)
            {
                KernelLibrary.AttentionBackwardBF16(
                    At<ushort>(qkv, first), At<ushort>(output, first), At<float>(sums, first),
                    At<ushort>(gradient, first), At<ushort>(result, first), scratch.Pointer, count, length, heads, size,
                    (float)scale);
            }
            else
            {
                KernelLibrary.AttentionBackward(
                    At<float>(qkv, first), At<float>(output, first), At<float>(sums, first), At<float>(gradient, first),
                    At<float>(result, first), scratch.Pointer, count, length, heads, size, (float)scale);
            }
        });
        return result;
    }

    /// <summary>conv(silu(norm(input + shift))) + bias + residual; see dk_norm_conv_forward.</summary>
    /// <param name="shape">What there is, and how large.</param>
    /// <param name="input">[N, H, W, C].</param>
    /// <param name="shift">[N, C], or null.</param>
    /// <param name="norm">Weight and bias of the norm, [C] each; null where there is none.</param>
    /// <param name="weight">[C', C, size, size].</param>
    /// <param name="bias">[C'], or null.</param>
    /// <param name="residual">[N, H', W', C'], or null.</param>
    /// <param name="output">[N, H', W', C']; receives the result.</param>
    /// <param name="moments">[2, N, g]; receives means and reciprocals of deviations; null with no norm.</param>
    public static void NormConv(
        NormConvShape shape, Tensor input, Tensor? shift, (Tensor Weight, Tensor Bias)? norm, Tensor weight,
        Tensor? bias, Tensor? residual, Tensor output, Tensor? moments)
    {
        using var scope = NewDisposeScope();
        (Tensor? means, Tensor? rstds) = (moments?.select(0, 0), moments?.select(0, 1));
        BatchParts.Run(shape.Images, BatchParts.Count(shape.Images, 1), (_, first, count) =>
        {
            NormConvShape own = shape with { Images = count };
            using var scratch = new Scratch(KernelLibrary.NormConvScratch(&own, 0) / sizeof(float));
            KernelLibrary.NormConvForward(
                &own, At<ushort>(input, first), At<ushort>(shift, first), At<ushort>(norm?.Weight),
                At<ushort>(norm?.Bias), At<ushort>(weight), At<ushort>(bias), At<ushort>(residual, first),
                At<ushort>(output, first), At<float>(means, first), At<float>(rstds, first), scratch.Pointer);
        });
    }

    /// <summary>The gradients of <see cref="NormConv"/>; see dk_norm_conv_backward.</summary>
    /// <param name="shape">As in the forward.</param>
    /// <param name="input">[N, H, W, C].</param>
    /// <param name="shift">[N, C], or null.</param>
    /// <param name="norm">Weight and bias of the norm, or null.</param>
    /// <param name="weight">[C', C, size, size].</param>
    /// <param name="moments">What the forward filled.</param>
    /// <param name="gradient">That of the output, [N, H', W', C'].</param>
    /// <param name="byInput">Receives that of the input; null: nobody needs it.</param>
    /// <param name="byShift">Receives that of the shift; null: nobody needs it.</param>
    /// <returns>
    /// Those of the norm's weight and bias, of the weight and of the bias, side by side in bfloat16; the caller
    /// disposes it.
    /// </returns>
    public static Tensor NormConvBackward(
        NormConvShape shape, Tensor input, Tensor? shift, (Tensor Weight, Tensor Bias)? norm, Tensor weight,
        Tensor? moments, Tensor gradient, Tensor? byInput, Tensor? byShift)
    {
        using var scope = NewDisposeScope();
        (Tensor? means, Tensor? rstds) = (moments?.select(0, 0), moments?.select(0, 1));
        int parts = BatchParts.Count(shape.Images, 1);
        (long channels, long weights) = (shape.Groups > 0 ? shape.Inputs : 0, weight.NumberOfElements);
        Tensor sums = empty([parts, (2 * channels) + weights + shape.Outputs], ScalarType.Float32);
        BatchParts.Run(shape.Images, parts, (part, first, count) =>
        {
            NormConvShape own = shape with { Images = count };
            float* byNorm = At<float>(sums, part), byWeight = byNorm + (2 * channels);
            using var scratch = new Scratch(KernelLibrary.NormConvScratch(&own, 1) / sizeof(float));
            KernelLibrary.NormConvBackward(
                &own, At<ushort>(input, first), At<ushort>(shift, first), At<ushort>(norm?.Weight),
                At<ushort>(norm?.Bias), At<ushort>(weight), At<float>(means, first),
                At<float>(rstds, first), At<ushort>(gradient, first), At<ushort>(byInput, first),
                At<ushort>(byShift, first), byNorm, byNorm + channels, byWeight, byWeight + weights, scratch.Pointer);
        });
        return (parts == 1 ? sums.select(0, 0) : sums.sum(dim: 0)).to_type(weight.dtype).MoveToOuterDisposeScope();
    }

    private static bool IsHalf(Tensor tensor) => tensor.dtype == ScalarType.BFloat16;

    /// <summary>Whether the variant in use has products in bfloat16.</summary>
    public static bool HasBFloat16 => Variant is not null && KernelLibrary.HasDenseBF16() != 0;

    /// <summary>x = a x + b y + c z; no factor of a tensor that is null counts.</summary>
    /// <param name="x">Any shape; overwritten.</param>
    /// <param name="a">The factor of <paramref name="x"/>.</param>
    /// <param name="y">As <paramref name="x"/>.</param>
    /// <param name="b">The factor of <paramref name="y"/>.</param>
    /// <param name="z">As <paramref name="x"/>, or null.</param>
    /// <param name="c">The factor of <paramref name="z"/>.</param>
    public static void Combine(Tensor x, double a, Tensor y, double b, Tensor? z, double c)
    {
        KernelLibrary.Combine(
            At<float>(x), (float)a, At<float>(y), (float)b, At<float>(z), (float)c, x.NumberOfElements);
        GC.KeepAlive(x); // only their memory was used
        GC.KeepAlive(y);
        GC.KeepAlive(z);
    }

    /// <summary>A step of Adam; see dk_adam.</summary>
    public static void Adam(Tensor values, Tensor gradient, Tensor mean, Tensor square, in AdamStep step) =>
        KernelLibrary.Adam(
            At<float>(values), At<float>(gradient), At<float>(mean), At<float>(square), step, values.NumberOfElements);

    /// <summary>Where the values of a tensor are, or of an item of it; they do not move.</summary>
    /// <param name="tensor">Contiguous, in main memory; null gives null.</param>
    /// <param name="first">The item, an index of the first dimension.</param>
    public static T* At<T>(Tensor? tensor, long first = 0)
        where T : unmanaged
    {
        if (tensor is null)
        {
            return null;
        }
        Span<T> values = MemoryMarshal.Cast<byte, T>(tensor.bytes);
        long row = first == 0 ? 0 : values.Length / tensor.size(0);
        return (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(values)) + first * row;
    }

    private static bool ServeDense(Tensor tensor) =>
        Serve(tensor) && tensor.dtype == ScalarType.Float32 && tensor.is_contiguous();

    private static string? Wanted()
    {
        string? wanted = Environment.GetEnvironmentVariable(Setting);
        if (string.IsNullOrEmpty(wanted))
        {
            wanted = Variants is [var best, ..] ? best : Off;
        }
        return wanted == Off ? null : Chosen(wanted, Setting);
    }

    private static string? Chosen(string? variant, string name) =>
        variant is null || (Variants.Contains(variant) && KernelLibrary.ChooseVariant(variant) != 0)
            ? variant
            : throw new ArgumentException(
                $"{name} is \"{variant}\"; expected one of {string.Join(", ", [.. Variants, Off])}.", name);

    private static string[] FindVariants()
    {
        try
        {
            return Marshal.PtrToStringUTF8((nint)KernelLibrary.Variants())!.Split(' ');
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            return [];
        }
    }

    /// <summary>Memory for one call, from a line of the cache on.</summary>
    private readonly ref struct Scratch(long floats)
    {
        private const int Line = 64;

        public float* Pointer { get; } = (float*)NativeMemory.AlignedAlloc((nuint)floats * sizeof(float), Line);

        public void Dispose() => NativeMemory.AlignedFree(Pointer);
    }
}
