using System.Text.Json;

namespace Diffusion.Sdk.Tests.Metrics;

/// <summary>What the scripts in Recorded have written.</summary>
internal static class Recordings
{
    public static T Read<T>(string name) => JsonSerializer.Deserialize<T>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Metrics", "Images", "Recorded", name)),
        JsonSerializerOptions.Web)!;
}
