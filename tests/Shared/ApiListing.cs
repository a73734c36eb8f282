namespace TestSupport;

/// <summary>The public API of TorchSharp 0.105.0, one line per type and member, as data beside the tests.</summary>
internal static class ApiListing
{
    private const string FileName = "torchsharp-0.105.0.api.txt";

    public static HashSet<string> Load() =>
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Api", FileName)).Where(
            line => !line.StartsWith('#'))];
}
