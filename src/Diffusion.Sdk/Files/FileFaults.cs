namespace Diffusion.Sdk.Files;

/// <summary>The operations on the disk that can fail while something is being saved.</summary>
internal enum FileOperation
{
    CreateFile,
    CreateFolder,
    Write,
    Flush,
    Link,
    Rename,
    Exchange,
    FlushFolder,
}

/// <summary>
/// Where tests make the disk fail: every operation says what it is about to do, and the hook of the current
/// execution context may throw. Without a hook nothing happens.
/// </summary>
internal static class FileFaults
{
    private static readonly AsyncLocal<Action<FileOperation, string>?> s_hook = new();

    /// <summary>Called before each operation, with the path it works on; null outside of tests.</summary>
    public static Action<FileOperation, string>? Hook
    {
        get => s_hook.Value;
        set => s_hook.Value = value;
    }

    public static void Reached(FileOperation operation, string path) => s_hook.Value?.Invoke(operation, path);
}
