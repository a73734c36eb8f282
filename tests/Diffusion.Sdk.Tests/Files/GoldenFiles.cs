using System.Reflection;

namespace Diffusion.Sdk.Tests.Files;

/// <summary>The recorded files as files, whatever case they belong to.</summary>
internal static class GoldenFiles
{
    private static readonly string s_root = typeof(GoldenFiles).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "GoldenFolder").Value!;

    public static string Path(string relative) => System.IO.Path.Combine(s_root, relative);

    /// <summary>Relative paths of all files of a name.</summary>
    public static IEnumerable<string> Find(string pattern) =>
        Directory.EnumerateFiles(s_root, pattern, SearchOption.AllDirectories)
            .Select(file => System.IO.Path.GetRelativePath(s_root, file)).Order(StringComparer.Ordinal);
}
