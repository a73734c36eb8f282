namespace Diffusion.Sdk.Files;

/// <summary>Names of what is being written: hidden siblings of the final name, ".NAME.RANDOM.tmp".</summary>
internal static class TemporaryPath
{
    public const string Writing = ".tmp";
    public const string Replaced = ".old";

    /// <summary>The full path behind links, so that a link keeps pointing where it did.</summary>
    public static string Resolve(string path, bool folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        FileSystemInfo entry = folder ? new DirectoryInfo(full) : new FileInfo(full);
        return entry.LinkTarget is null ? full : entry.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }

    /// <summary>A new name beside the target.</summary>
    public static string For(string target, string suffix) =>
        Path.Combine(Parent(target), $".{Path.GetFileName(target)}.{Guid.NewGuid().ToString("N")[..12]}{suffix}");

    /// <summary>What earlier writers, killed in the middle, left beside the target.</summary>
    public static IEnumerable<string> Leftovers(string target, string suffix)
    {
        string prefix = $".{Path.GetFileName(target)}.";
        return !Directory.Exists(Parent(target))
            ? []
            : Directory.EnumerateFileSystemEntries(Parent(target))
                .Where(entry => IsLeftover(Path.GetFileName(entry), prefix, suffix));
    }

    /// <summary>The folder that holds the target.</summary>
    public static string Parent(string target) => Path.GetDirectoryName(target)
        ?? throw new ArgumentException(
            $"{target} is the root of a file system and cannot be replaced.", nameof(target));

    private static bool IsLeftover(string name, string prefix, string suffix) =>
        name.Length == prefix.Length + 12 + suffix.Length
        && name.StartsWith(prefix, StringComparison.Ordinal)
        && name.EndsWith(suffix, StringComparison.Ordinal)
        && name.Skip(prefix.Length).Take(12).All(char.IsAsciiHexDigitLower);
}
