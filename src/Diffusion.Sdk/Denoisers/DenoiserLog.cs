using Microsoft.Extensions.Logging;

namespace Diffusion.Sdk.Denoisers;

/// <summary>The messages that denoisers' configs log.</summary>
internal static partial class DenoiserLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Warning,
        Message = "The config of {Model} has keys that it does not know: {Keys}. They have no effect and are kept.")]
    public static partial void UnknownKeysKept(ILogger logger, string model, string keys);
}
