using Diffusion.Sdk.Files;

namespace Diffusion.Sdk.Schedulers;

/// <summary>Where a scheduler's config lies in diffusers' folders.</summary>
internal static class SchedulerFiles
{
    public const string ConfigName = "scheduler_config.json";

    public static JsonConfig Read(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return JsonConfig.Load(Path.Combine(folder, ConfigName));
    }

    public static void Write(string folder, JsonConfig config)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        config.Save(Path.Combine(folder, ConfigName));
    }
}
