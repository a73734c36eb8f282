using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Diffusion.Sdk.Numerics;

/// <summary>
/// Settings of the whole process, which the SDK never changes unasked: a host calls these once at its start, before any
/// training or generation. They concern OpenBLAS, the matrix library under Debian's libtorch, and the allocator.
/// </summary>
/// <remarks>
/// OpenBLAS by default takes all processors for one product, and its workers then compete with libtorch's own and with
/// those of other runs. Small models are up to 1.8 times faster with one thread. Where libtorch brings another matrix
/// library (MKL, or none of its own), these calls find nothing to set and say so.
/// </remarks>
public static unsafe partial class ProcessTuning
{
    private const string OpenBlas = "libopenblas.so.0";
    private static readonly string[] s_openMP = ["libgomp", "libiomp", "libomp"];

    /// <summary>
    /// Which OpenBLAS the process uses, with which kernels and how many threads, for a log; null when it uses none.
    /// </summary>
    public static string? DescribeBlas()
    {
        nint config = Export("openblas_get_config"), core = Export("openblas_get_corename");
        nint count = Export("openblas_get_num_threads");
        if (config == 0 || core == 0 || count == 0)
        {
            return null;
        }
        string[] words = Text(config).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int threads = ((delegate* unmanaged<int>)count)();
        return $"{string.Join(' ', words.Take(2))}, {Text(core)} kernels, {threads} threads";
    }

    /// <summary>
    /// Which variant of the SDK's native kernels the process uses ("amx", "avx512", "avx2" or "base"), for a log; null
    /// when there are none, so that networks are slower. The environment variable <c>DIFFUSION_KERNELS</c> names
    /// another, or "off".
    /// </summary>
    /// <exception cref="ArgumentException">It names one that this machine cannot run.</exception>
    public static string? DescribeKernels() => Kernels.Variant;

    /// <summary>Sets how many threads one matrix product uses, for all threads of the process.</summary>
    /// <param name="threads">At least 1; 1 suits small models and many runs at once.</param>
    /// <returns>Whether there was an OpenBLAS to set.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is less than 1.</exception>
    public static bool SetBlasThreads(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        if (Export("openblas_set_num_threads") is not 0 and var set)
        {
            ((delegate* unmanaged<int, void>)set)(threads);
            return true;
        }
        return false;
    }

    /// <summary>
    /// Lets glibc's allocator keep what is freed, in one arena, for the next tensor, rather than give it back to the
    /// system, which would clear every page of it again: networks of images are up to 1.5 times faster. The process
    /// then keeps the most memory it ever had.
    /// </summary>
    /// <returns>Whether there was such an allocator to set.</returns>
    public static bool KeepFreedMemory()
    {
        try
        {
            // From malloc.h: no mappings of their own for large blocks, no trimming, growth by 64 MiB, one arena.
            return MallOpt(-4, 0) + MallOpt(-1, int.MaxValue) + MallOpt(-2, 64 << 20) + MallOpt(-8, 1) == 4;
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary>
    /// Lets libtorch's threads sleep while they wait for each other instead of spinning. That costs little where they
    /// have a processor each, and where they do not, a training of a U-Net by two threads is several times faster: each
    /// operator ends with such a wait. OpenMP reads the setting, the environment variable OMP_WAIT_POLICY, when
    /// libtorch is loaded, so this comes before any tensor is made. What the variable says already stays.
    /// </summary>
    /// <returns>Whether the setting will count: on Linux, before libtorch is loaded.</returns>
    public static bool WaitPassively()
    {
        if (!OperatingSystem.IsLinux() || IsOpenMPLoaded())
        {
            return false;
        }
        // Native code reads the environment through libc, which .NET's own setter does not reach.
        return SetEnvironment("OMP_WAIT_POLICY", "passive", 0) == 0;
    }

    private static bool IsOpenMPLoaded()
    {
        using var process = Process.GetCurrentProcess();
        return process.Modules.Cast<ProcessModule>().Any(module =>
            s_openMP.Any(name => module.ModuleName.StartsWith(name, StringComparison.Ordinal)));
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int MallOpt(int parameter, int value);

    [DllImport("libc", EntryPoint = "setenv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetEnvironment(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value,
        int overwrite);

    // The library that libtorch itself loads; its name finds the copy in the process.
    private static nint Export(string name) =>
        NativeLibrary.TryLoad(OpenBlas, out nint library) && NativeLibrary.TryGetExport(library, name, out nint export)
            ? export
            : 0;

    private static string Text(nint function) =>
        Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)function)()) ?? "";
}
