using Microsoft.Extensions.Logging;

namespace Diffusion.Sdk.Schedulers;

/// <summary>The messages that schedulers log.</summary>
internal static partial class SchedulerLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Warning,
        Message = "The config for {ClassName} has keys that it does not know: {Keys}. They have no effect and are kept when it is saved.")]
    public static partial void UnknownKeysKept(ILogger logger, string className, string keys);
}
