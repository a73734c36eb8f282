using Diffusion.Sdk.Denoisers;
using Microsoft.Extensions.Logging;

namespace Diffusion.Sdk.Pipelines;

/// <summary>The messages that pipelines log.</summary>
internal static partial class PipelineLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Debug,
        Message = "Generating {Count} samples in {Steps} steps from seed {Seed}.")]
    public static partial void Begun(ILogger logger, int count, int steps, long seed);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information,
        Message = "Generated {Count} samples in {Steps} steps from seed {Seed}, in {Seconds:F3} s.")]
    public static partial void Generated(ILogger logger, int count, int steps, long seed, double seconds);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information,
        Message = "Loaded the pipeline in {Folder}: {Denoiser} with {Scheduler}, kernels {Kernels}.")]
    public static partial void Loaded(
        ILogger logger, string folder, string denoiser, string scheduler, string kernels);

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning,
        Message = "{File} names components that this pipeline does not use: {Components}.")]
    public static partial void UnusedComponents(ILogger logger, string file, string components);

    [LoggerMessage(EventId = 5, Level = LogLevel.Information,
        Message = "Precision.Auto takes {Chosen}: a step of a block takes {Full:F2} ms in float32, " +
            "{BFloat16:F2} ms in bfloat16.")]
    public static partial void PrecisionChosen(ILogger logger, Precision chosen, double full, double bfloat16);

    [LoggerMessage(EventId = 6, Level = LogLevel.Information, Message = "Precision.Auto takes Full: {Reason}")]
    public static partial void OnlyFull(ILogger logger, string reason);
}
