using System.Runtime.InteropServices;

namespace Diffusion.Sdk.Numerics;

/// <summary>
/// Counts and times the calls of native kernels in the whole process, on all threads together, from its creation until
/// it is disposed. One at a time, and not begun or ended while kernels run.
/// </summary>
internal sealed unsafe class KernelProfile : IDisposable
{
    public KernelProfile() => Switch(on: true);

    /// <summary>Calls and time so far of each kernel that was called, by its name in kernels.h without "dk_".</summary>
    public static IReadOnlyDictionary<string, (long Calls, TimeSpan Total)> Kernels
    {
        get
        {
            var kernels = new Dictionary<string, (long, TimeSpan)>();
            byte* name;
            for (long i = 0; (name = Read(i, out long calls, out TimeSpan total)) is not null; i++)
            {
                if (calls > 0)
                {
                    kernels.Add(Marshal.PtrToStringUTF8((nint)name)!["dk_".Length..], (calls, total));
                }
            }
            return kernels;
        }
    }

    public void Dispose() => Switch(on: false);

    // Without the library there are no kernels.
    private static void Switch(bool on)
    {
        if (Numerics.Kernels.Variants.Count > 0)
        {
            KernelLibrary.TimeKernels(on ? 1 : 0);
        }
    }

    private static byte* Read(long index, out long calls, out TimeSpan total)
    {
        (calls, total) = (0, default);
        if (Numerics.Kernels.Variants.Count == 0)
        {
            return null;
        }
        byte* name = KernelLibrary.KernelTime(index, out calls, out long nanoseconds);
        total = TimeSpan.FromMicroseconds(nanoseconds / 1e3);
        return name;
    }
}
