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

    [Theory]
    [MemberData(nameof(Variants))]
    public void Kernels_ArraysBesideForbiddenPages_StayInside(string variant) => With(variant, () =>
    {
        foreach (bool atEnd in (bool[])[true, false])
        {
            Array.ForEach(s_norms, size => Norm(size.Images, size.Pixels, size.Channels, size.Groups, atEnd));
            Array.ForEach(s_attentions, size => Attend(size.Images, size.Length, size.Heads, size.Size, atEnd));
        }
    });

    private static void Norm(long images, long pixels, long channels, long groups, bool atEnd)
    {
        using var memory = new GuardedMemory(atEnd);
        long all = images * pixels * channels;
        float* x = memory.New(all), shift = memory.New(images * channels), weight = memory.New(channels);
        float* bias = memory.New(channels), y = memory.New(all), mean = memory.New(images * groups);
        float* rstd = memory.New(images * groups);
        KernelLibrary.GroupNormForward(
            x, shift, weight, bias, y, mean, rstd, memory.New(3 * channels), images, pixels, channels, groups, 1e-5f, 1);
        float* dx = memory.New(all), dshift = memory.New(images * channels);
        KernelLibrary.GroupNormBackward(
            x, shift, weight, bias, mean, rstd, y, dx, dshift, memory.New(channels), memory.New(channels),
            memory.New(5 * channels), images, pixels, channels, groups, 1);
        Assert.True(float.IsFinite(y[all - 1]) && float.IsFinite(dx[all - 1]) && float.IsFinite(dshift[0]));
    }

    private static void Attend(long images, long length, long heads, long size, bool atEnd)
    {
        using var memory = new GuardedMemory(atEnd);
        long all = images * length * heads * size;
        float* qkv = memory.New(3 * all), output = memory.New(all), sums = memory.New(images * heads * length);
        float* scratch = memory.New(KernelLibrary.AttentionScratch(length, size));
        KernelLibrary.AttentionForward(qkv, output, sums, scratch, images, length, heads, size, 0.5f);
        float* result = memory.New(3 * all);
        KernelLibrary.AttentionBackward(
            qkv, output, sums, output, result, scratch, images, length, heads, size, 0.5f);
        Assert.True(float.IsFinite(output[all - 1]) && float.IsFinite(result[3 * all - 1]));
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);

    /// <summary>Arrays of numbers from 0.5 on, a forbidden page on one side of each.</summary>
    private sealed class GuardedMemory(bool atEnd) : IDisposable
    {
        private readonly List<(nint Address, nuint Length)> _maps = [];

        public float* New(long count)
        {
            long bytes = count * sizeof(float), pages = (bytes + Page - 1) / Page;
            var length = (nuint)((pages + 1) * Page);
            nint map = Map(0, length, ReadWrite, PrivateAnonymous, -1, 0);
            Assert.NotEqual(-1, map);
            _maps.Add((map, length));
            nint forbidden = atEnd ? map + (nint)(pages * Page) : map;
            Assert.Equal(0, Protect(forbidden, Page, None));
            var array = (float*)(atEnd ? forbidden - (nint)bytes : map + Page);
            for (long i = 0; i < count; i++)
            {
                array[i] = 0.5f + i % 7;
            }
            return array;
        }

        public void Dispose() => _maps.ForEach(map => Assert.Equal(0, Unmap(map.Address, map.Length)));
    }
}
