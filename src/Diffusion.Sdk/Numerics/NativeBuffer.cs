using System.Runtime.InteropServices;

namespace Diffusion.Sdk.Numerics;

/// <summary>Memory for the native kernels, at a multiple of 64, zeros at first.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private const nuint Alignment = 64; // a cache line, and the widest vector

    /// <param name="bytes">How many.</param>
    public NativeBuffer(long bytes)
    {
        Length = checked((nuint)Math.Max(bytes, 1));
        Address = NativeMemory.AlignedAlloc(Length, Alignment);
        NativeMemory.Clear(Address, Length);
        GC.AddMemoryPressure((long)Length);
    }

    ~NativeBuffer() => Free();

    /// <summary>Where it is.</summary>
    public void* Address { get; private set; }

    /// <summary>How many bytes it has.</summary>
    public nuint Length { get; }

    /// <summary>The same as numbers.</summary>
    public float* Floats => (float*)Address;

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (Address is not null)
        {
            NativeMemory.AlignedFree(Address);
            GC.RemoveMemoryPressure((long)Length);
            Address = null;
        }
    }
}
