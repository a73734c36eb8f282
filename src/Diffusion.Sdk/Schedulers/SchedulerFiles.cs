namespace Diffusion.Sdk.Schedulers;

/// <summary>Where a scheduler's config lies in diffusers' folders.</summary>
internal static class SchedulerFiles
{
    public const string ConfigName = "scheduler_config.json";

    public static string Read(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return File.ReadAllText(Path.Combine(folder, ConfigName));
    }

    public static void Write(string folder, string json)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, ConfigName), json);
    }
}
