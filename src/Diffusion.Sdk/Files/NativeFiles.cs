using System.Runtime.InteropServices;

namespace Diffusion.Sdk.Files;

/// <summary>The few calls of the operating system that .NET does not offer.</summary>
internal static class NativeFiles
{
    private const int AtWorkingDirectory = -100; // AT_FDCWD
    private const uint ExchangeFlag = 2; // RENAME_EXCHANGE
    private const int InvalidArgument = 22; // EINVAL: the file system cannot exchange
    private const int NoSuchCall = 38; // ENOSYS
    private const int NotPermitted = 1; // EPERM: the file system has no hard links
    private const int NotSupported = 95; // EOPNOTSUPP

    /// <summary>Makes renames in a folder durable. Windows has no such call and needs none.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void FlushFolder(string path)
    {
        FileFaults.Reached(FileOperation.FlushFolder, path);
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        int descriptor = Open(path, 0);
        Check(descriptor, "open", path);
        int result = FlushDescriptor(descriptor);
        int error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (result != 0 && error != InvalidArgument) // some file systems cannot flush folders
        {
            throw Failure("fsync", path, error);
        }
    }

    /// <summary>Two existing paths trade places in one step.</summary>
    /// <exception cref="PlatformNotSupportedException">This system or file system cannot do that.</exception>
    /// <exception cref="IOException">It failed.</exception>
    public static void Exchange(string first, string second)
    {
        FileFaults.Reached(FileOperation.Exchange, second);
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("Only Linux exchanges two paths.");
        }
        int result;
        try
        {
            result = Rename(AtWorkingDirectory, first, AtWorkingDirectory, second, ExchangeFlag);
        }
        catch (EntryPointNotFoundException missing)
        {
            throw new PlatformNotSupportedException("This C library has no renameat2.", missing);
        }
        if (result != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw error is InvalidArgument or NoSuchCall or NotSupported
                ? new PlatformNotSupportedException($"The file system of {second} cannot exchange two paths.")
                : Failure("renameat2", second, error);
        }
    }

    /// <summary>Gives a file a second name; copies it where hard links are not to be had.</summary>
    /// <exception cref="IOException">It failed.</exception>
    public static void LinkOrCopy(string existing, string created)
    {
        FileFaults.Reached(FileOperation.Link, created);
        if (OperatingSystem.IsWindows())
        {
            File.Copy(existing, created);
            return;
        }
        if (Link(existing, created) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error is not (NotPermitted or NotSupported or NoSuchCall))
            {
                throw Failure("link", created, error);
            }
            File.Copy(existing, created);
        }
    }

    private static void Check(int result, string call, string path)
    {
        if (result < 0)
        {
            throw Failure(call, path, Marshal.GetLastPInvokeError());
        }
    }

    private static IOException Failure(string call, string path, int error) =>
        new($"{call} failed on {path}: {Marshal.GetPInvokeErrorMessage(error)}");

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FlushDescriptor(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string created);

    [DllImport("libc", EntryPoint = "renameat2", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Rename(
        int firstFolder, [MarshalAs(UnmanagedType.LPUTF8Str)] string first,
        int secondFolder, [MarshalAs(UnmanagedType.LPUTF8Str)] string second, uint flags);
}
