using System.Runtime.InteropServices;
using Diffusion.Sdk.Numerics;

namespace Diffusion.Sdk.Tests.Numerics.Kernels;

/// <summary>
/// Every array ends where a page begins that nobody may touch: one number too far, and the process is gone. The same
/// once more with that page before the array.
/// </summary>
public sealed unsafe partial class KernelMemoryTests : KernelTest
{
    private const int Page = 4096, ReadWrite = 3, None = 0, PrivateAnonymous = 0x22;

    private static readonly (long Images, long Length, long Heads, long Size)[] s_attentions =
        [(1, 1, 1, 1), (2, 17, 2, 3), (1, 49, 4, 8), (1, 33, 1, 16)];

    private static readonly (long Images, long Pixels, long Channels, long Groups)[] s_norms =
        [(1, 1, 1, 1), (2, 5, 7, 7), (1, 49, 33, 3), (2, 3, 64, 32)];

    private static readonly (int Rows, int Inputs, int Outputs)[] s_layers =
        [(1, 1, 1), (9, 17, 33), (5, 3, 2), (32, 64, 32), (33, 31, 18), (33, 545, 65), (5, 1100, 70)];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Kernels_ArraysBesideForbiddenPages_StayInside(string variant) => With(variant, () =>
    {
        foreach (bool atEnd in (bool[])[true, false])
        {
            foreach ((long images, long pixels, long channels, long groups) in s_norms)
            {
                Norm(images, pixels, channels, groups, atEnd);
                NormBF16(images, pixels, channels, groups, atEnd);
            }
            foreach ((long images, long pixels, long channels, long groups) in s_norms)
            {
                Convolve(images, pixels, channels, groups, stride: 1, doubled: 0, atEnd);
                Convolve(images, pixels, channels, groups: 0, stride: 2, doubled: 1, atEnd);
            }
            foreach ((long images, long length, long heads, long size) in s_attentions)
            {
                Attend(images, length, heads, size, atEnd);
                AttendBF16(images, length, heads, size, atEnd);
            }
            Array.ForEach(s_layers, size => Layer(size.Rows, size.Inputs, size.Outputs, atEnd));
            if (Diffusion.Sdk.Numerics.Kernels.HasBFloat16)
            {
                Array.ForEach(s_layers, size => RoundedLayer(size.Rows, size.Inputs, size.Outputs, atEnd));
            }
        }
    });

    private static void Norm(long images, long pixels, long channels, long groups, bool atEnd)
    {
        using var memory = new GuardedMemory(atEnd);
        long all = images * pixels * channels;
        float* x = memory.New<float>(all), shift = memory.New<float>(images * channels);
        float* weight = memory.New<float>(channels), bias = memory.New<float>(channels), y = memory.New<float>(all);
        float* mean = memory.New<float>(images * groups), rstd = memory.New<float>(images * groups);
        KernelLibrary.GroupNormForward(
            x, shift, weight, bias, y, mean, rstd, memory.New<float>(3 * channels), images, pixels, channels, groups,
            1e-5f, 1);
        float* dx = memory.New<float>(all), dshift = memory.New<float>(images * channels);
        KernelLibrary.GroupNormBackward(
            x, shift, weight, bias, mean, rstd, y, dx, dshift, memory.New<float>(channels), memory.New<float>(channels),
            memory.New<float>(5 * channels), images, pixels, channels, groups, 1);
        Assert.True(float.IsFinite(y[all - 1]) && float.IsFinite(dx[all - 1]) && float.IsFinite(dshift[0]));
    }

    private static void NormBF16(long images, long pixels, long channels, long groups, bool atEnd)
    {
        using var memory = new GuardedMemory(atEnd);
        long all = images * pixels * channels;
        ushort* x = memory.New<ushort>(all), shift = memory.New<ushort>(images * channels);
        ushort* weight = memory.New<ushort>(channels), bias = memory.New<ushort>(channels);
        ushort* y = memory.New<ushort>(all), dx = memory.New<ushort>(all);
        ushort* dshift = memory.New<ushort>(images * channels);
        float* mean = memory.New<float>(images * groups), rstd = memory.New<float>(images * groups);
        KernelLibrary.GroupNormForwardBF16(
            x, shift, weight, bias, y, mean, rstd, memory.New<float>(3 * channels), images, pixels, channels, groups,
            1e-5f, 1);
        KernelLibrary.GroupNormBackwardBF16(
            x, shift, weight, bias, mean, rstd, y, dx, dshift, memory.New<float>(channels), memory.New<float>(channels),
            memory.New<float>(5 * channels), images, pixels, channels, groups, 1);
        Assert.True(IsFinite(y[all - 1]) && IsFinite(dx[all - 1]) && IsFinite(dshift[0]));
    }

    private static void Convolve(
        long images, long pixels, long channels, long groups, long stride, long doubled, bool atEnd)
    {
        if (KernelLibrary.HasNormConv() == 0)
        {
            return;
        }
        using var memory = new GuardedMemory(atEnd);
        const long outputs = 3;
        var shape = new NormConvShape
        {
            Images = images, Height = pixels, Width = 2, Inputs = channels, Outputs = outputs, Size = 3,
            Stride = stride, Doubled = doubled, Groups = groups, Silu = 1, Eps = 1e-5f,
        };
        long all = images * pixels * 2 * channels, results = images * shape.OutputHeight * shape.OutputWidth * outputs;
        ushort* x = memory.New<ushort>(all), dx = memory.New<ushort>(all), y = memory.New<ushort>(results);
        ushort* shift = memory.New<ushort>(images * channels), dshift = memory.New<ushort>(images * channels);
        ushort* weight = memory.New<ushort>(9 * outputs * channels), normWeight = memory.New<ushort>(channels);
        float* mean = memory.New<float>(images * Math.Max(groups, 1));
        float* rstd = memory.New<float>(images * Math.Max(groups, 1));
        float* dweight = memory.New<float>(9 * outputs * channels);
        KernelLibrary.NormConvForward(
            &shape, x, groups > 0 ? shift : null, normWeight, normWeight, weight, memory.New<ushort>(outputs),
            memory.New<ushort>(results), y, mean, rstd, memory.New<byte>(KernelLibrary.NormConvScratch(&shape, 0)));
        KernelLibrary.NormConvBackward(
            &shape, x, groups > 0 ? shift : null, normWeight, normWeight, weight, mean, rstd, y, dx,
            groups > 0 ? dshift : null, memory.New<float>(channels), memory.New<float>(channels), dweight,
            memory.New<float>(outputs), memory.New<byte>(KernelLibrary.NormConvScratch(&shape, 1)));
        Assert.True(IsFinite(y[results - 1]) && IsFinite(dx[all - 1]) && float.IsFinite(dweight[0]));
    }

    private static void Attend(long images, long length, long heads, long size, bool atEnd)
    {
        using var memory = new GuardedMemory(atEnd);
        long all = images * length * heads * size;
        float* qkv = memory.New<float>(3 * all), output = memory.New<float>(all);
        float* sums = memory.New<float>(images * heads * length);
        float* scratch = memory.New<float>(KernelLibrary.AttentionScratch(length, size));
        KernelLibrary.AttentionForward(qkv, output, sums, scratch, images, length, heads, size, 0.5f);
        float* result = memory.New<float>(3 * all);
        KernelLibrary.AttentionBackward(
            qkv, output, sums, output, result, scratch, images, length, heads, size, 0.5f);
        Assert.True(float.IsFinite(output[all - 1]) && float.IsFinite(result[3 * all - 1]));
    }

    private static void AttendBF16(long images, long length, long heads, long size, bool atEnd)
    {
        using var memory = new GuardedMemory(atEnd);
        long all = images * length * heads * size;
        ushort* qkv = memory.New<ushort>(3 * all), output = memory.New<ushort>(all);
        ushort* result = memory.New<ushort>(3 * all);
        float* sums = memory.New<float>(images * heads * length);
        float* scratch = memory.New<float>(KernelLibrary.AttentionScratch(length, size));
        KernelLibrary.AttentionForwardBF16(qkv, output, sums, scratch, images, length, heads, size, 0.5f);
        KernelLibrary.AttentionBackwardBF16(
            qkv, output, sums, output, result, scratch, images, length, heads, size, 0.5f);
        Assert.True(IsFinite(output[all - 1]) && IsFinite(result[3 * all - 1]));
    }

    private static bool IsFinite(ushort half) => float.IsFinite(BitConverter.UInt32BitsToSingle((uint)half << 16));

    private static void Layer(int rows, int inputs, int outputs, bool atEnd)
    {
        using var memory = new GuardedMemory(atEnd);
        float* weight = New(inputs * outputs), x = New(rows * inputs), y = New(rows * outputs);
        float* forth = New(KernelLibrary.DensePacked(inputs, outputs));
        float* back = New(KernelLibrary.DensePacked(outputs, inputs));
        KernelLibrary.DensePack(weight, 1, inputs, forth, inputs, outputs);
        KernelLibrary.DensePack(weight, inputs, 1, back, outputs, inputs);
        KernelLibrary.DenseForward(
            x, inputs, forth, New(outputs), New(rows * outputs), null, y, New(rows * outputs),
            rows, inputs, outputs, 1);
        float* dx = New(rows * inputs), dweight = New(inputs * outputs);
        KernelLibrary.DenseBackward(y, back, x, dx, rows, outputs, inputs);
        KernelLibrary.DenseGradient(
            y, x, inputs, dweight, inputs, New(outputs), New(KernelLibrary.DensePacked(rows, inputs)),
            rows, outputs, inputs);
        var step = new AdamStep
        {
            MeanKept = 0.9f, MeanAdded = 0.1f, SquareKept = 0.9f, SquareAdded = 0.1f, ValuesKept = 1, Rate = 1,
            Epsilon = 1,
        };
        KernelLibrary.Adam(dweight, weight, New(inputs * outputs), New(inputs * outputs), step, inputs);
        KernelLibrary.Combine(dx, 1, x, 1, New(rows * inputs), 1, rows * inputs);
        Assert.True(float.IsFinite(y[rows * outputs - 1]) && float.IsFinite(dx[0]) && float.IsFinite(dweight[0]));

        float* New(long count) => memory.New<float>(count);
    }

    private static void RoundedLayer(int rows, int inputs, int outputs, bool atEnd)
    {
        using var memory = new GuardedMemory(atEnd);
        float* weight = New(inputs * outputs), x = New(rows * inputs), exact = New(rows * outputs);
        ushort* forth = Rounded(inputs, outputs), back = Rounded(outputs, inputs), input = Rounded(rows, inputs);
        ushort* y = Rounded(rows, outputs), slope = Rounded(rows, outputs), dx = Rounded(rows, inputs);
        KernelLibrary.DensePackBF16(weight, 1, inputs, forth, inputs, outputs);
        KernelLibrary.DensePackBF16(weight, inputs, 1, back, outputs, inputs);
        KernelLibrary.DenseRowsBF16(x, inputs, input, rows, inputs);
        float* bias = New(outputs), addend = New(rows * outputs);
        float* first = New(inputs * KernelLibrary.DensePacked(1, outputs));
        KernelLibrary.DenseFirstBF16(x, inputs, first, bias, addend, null, y, rows, inputs, outputs, 1);
        KernelLibrary.DenseForwardBF16(input, forth, bias, null, y, null, null, rows, inputs, outputs, 1);
        KernelLibrary.DenseForwardBF16(input, forth, bias, addend, y, slope, null, rows, inputs, outputs, 1);
        KernelLibrary.DenseForwardBF16(input, forth, bias, addend, null, null, exact, rows, inputs, outputs, 0);
        KernelLibrary.DenseBackwardBF16(y, back, input, dx, rows, outputs, inputs);
        long scratch = KernelLibrary.DenseSizeBF16(rows, outputs) + KernelLibrary.DenseSizeBF16(rows, inputs);
        KernelLibrary.DenseGradientBF16(
            y, input, weight, inputs, bias, memory.New<ushort>(scratch), rows, outputs, inputs);
        Assert.True(float.IsFinite(exact[rows * outputs - 1]) && float.IsFinite(weight[0]) && float.IsFinite(bias[0]));

        float* New(long count) => memory.New<float>(count);
        ushort* Rounded(long height, long width) => memory.New<ushort>(KernelLibrary.DenseSizeBF16(height, width));
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);

    /// <summary>Arrays of numbers from 0.5 on, float32 or bfloat16, a forbidden page on one side of each.</summary>
    private sealed class GuardedMemory(bool atEnd) : IDisposable
    {
        private readonly List<(nint Address, nuint Length)> _maps = [];

        public T* New<T>(long count)
            where T : unmanaged
        {
            long bytes = count * sizeof(T), pages = (bytes + Page - 1) / Page;
            var length = (nuint)((pages + 1) * Page);
            nint map = Map(0, length, ReadWrite, PrivateAnonymous, -1, 0);
            Assert.NotEqual(-1, map);
            _maps.Add((map, length));
            nint forbidden = atEnd ? map + (nint)(pages * Page) : map;
            Assert.Equal(0, Protect(forbidden, Page, None));
            nint array = atEnd ? forbidden - (nint)bytes : map + Page;
            for (long i = 0; i < count; i++)
            {
                float value = 0.5f + i % 7;
                if (sizeof(T) == sizeof(float))
                {
                    ((float*)array)[i] = value;
                }
                else if (sizeof(T) == sizeof(ushort))
                {
                    ((ushort*)array)[i] = (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16);
                }
            }
            return (T*)array;
        }

        public void Dispose() => _maps.ForEach(map => Assert.Equal(0, Unmap(map.Address, map.Length)));
    }
}
