using Diffusion.Sdk.Files;

namespace Diffusion.Sdk.Tests.Pipelines;

/// <summary>Compares the folder of a pipeline with a recorded one.</summary>
internal static class PipelineFolders
{
    // What a recorded case has beside the pipeline.
    private static readonly string[] s_recordings = ["case.json", "tensors.safetensors"];

    /// <summary>
    /// The same files, the same JSON to the letter, the same names, types, shapes and metadata of tensors in the same
    /// order; and with <paramref name="bytes"/> the same numbers.
    /// </summary>
    public static void AssertSame(string expected, string actual, bool bytes = false)
    {
        string[] files = [.. Files(expected).Except(s_recordings)];
        Assert.Contains("unet/config.json", files);
        Assert.Equal(files, Files(actual));
        foreach (string file in files)
        {
            (string wanted, string got) = (Path.Combine(expected, file), Path.Combine(actual, file));
            if (bytes)
            {
                Assert.Equal(File.ReadAllBytes(wanted), File.ReadAllBytes(got));
            }
            else if (Path.GetExtension(file) == ".json")
            {
                Assert.Equal(File.ReadAllText(wanted), File.ReadAllText(got));
            }
            else
            {
                using SafetensorsFile tensors = SafetensorsFile.Open(wanted);
                using SafetensorsFile own = SafetensorsFile.Open(got);
                Assert.Equal(tensors.Metadata, own.Metadata);
                Assert.Equal(tensors.Entries.Select(Describe), own.Entries.Select(Describe));
            }
        }
    }

    private static string Describe(SafetensorsEntry entry) =>
        $"{entry.Name} {entry.Type} [{string.Join(", ", entry.Shape)}]";

    private static string[] Files(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal)];
}
