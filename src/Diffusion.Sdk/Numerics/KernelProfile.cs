using System.Runtime.InteropServices;

namespace Diffusion.Sdk.Numerics;

/// <summary>
/// Counts and times the calls of native kernels in the whole process, on all threads together, until it is disposed. One
/// at a time, and not begun or ended while kernels run; without the library it sees none.
/// </summary>
internal sealed unsafe class KernelProfile : IDisposable
{
    private readonly bool _there = Kernels.Variants.Count > 0;

    public KernelProfile() => Switch(on: true);

    /// <summary>Calls and seconds so far of each kernel that was called, by its name in kernels.h without "dk_".</summary>
    public IReadOnlyDictionary<string, (long Calls, double Seconds)> Times
    {
        get
        {
            var times = new Dictionary<string, (long, double)>();
            for (long i = 0; _there; i++)
            {
                byte* name = KernelLibrary.KernelTime(i, out long calls, out long nanoseconds);
                if (name is null)
                {
                    break;
                }
                if (calls > 0)
                {
                    times.Add(Marshal.PtrToStringUTF8((nint)name)!["dk_".Length..], (calls, nanoseconds * 1e-9));
                }
            }
            return times;
        }
    }

    public void Dispose() => Switch(on: false);

    private void Switch(bool on)
    {
        if (_there)
        {
            KernelLibrary.TimeKernels(on ? 1 : 0);
        }
    }
}
