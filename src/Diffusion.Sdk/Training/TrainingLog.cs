using Diffusion.Sdk.Denoisers;
using Microsoft.Extensions.Logging;

namespace Diffusion.Sdk.Training;

/// <summary>The messages that trainings log.</summary>
internal static partial class TrainingLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information,
        Message = "Training {Denoiser}, {Parameters} parameters, for {Steps} steps of {BatchSize} from step {First}, " +
            "on {Threads} threads, precision {Precision}, kernels {Kernels}.")]
    public static partial void Begun(
        ILogger logger, string denoiser, long parameters, long steps, int batchSize, long first, int threads,
        Precision precision, string kernels);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information,
        Message = "Trained {Steps} steps in {Seconds:F1} s; the mean loss of the last 500 is {Loss:F4}.")]
    public static partial void Trained(ILogger logger, long steps, double seconds, double loss);

    [LoggerMessage(EventId = 3, Level = LogLevel.Debug, Message = "Saved {Path}.")]
    public static partial void Saved(ILogger logger, string path);

    [LoggerMessage(EventId = 4, Level = LogLevel.Information, Message = "Resumed from {Path} at step {Step}.")]
    public static partial void Resumed(ILogger logger, string path, long step);

    [LoggerMessage(EventId = 5, Level = LogLevel.Warning, Message = "Skipped {Path}: {Reason}")]
    public static partial void Skipped(ILogger logger, string path, string reason);

    [LoggerMessage(EventId = 6, Level = LogLevel.Warning, Message = "{Reason} Going on, as DataCheck.Warn says.")]
    public static partial void SuspiciousData(ILogger logger, string reason);

    [LoggerMessage(EventId = 7, Level = LogLevel.Warning,
        Message = "{Reason} Going back to step {Step}, on with {Factor} times the learning rate.")]
    public static partial void RolledBack(ILogger logger, string reason, long step, double factor);

    [LoggerMessage(EventId = 8, Level = LogLevel.Warning,
        Message = "The old checkpoint {Path} could not be deleted: {Reason}")]
    public static partial void NotDeleted(ILogger logger, string path, string reason);

    [LoggerMessage(EventId = 9, Level = LogLevel.Warning,
        Message = "The run uses {Used} threads, as its checkpoint says, not {Asked}: " +
            "the sums would come out in another order.")]
    public static partial void ThreadsOfCheckpoint(ILogger logger, int used, int asked);

    [LoggerMessage(EventId = 10, Level = LogLevel.Warning,
        Message = "The run computes in {Used}, as its checkpoint says, not {Asked}.")]
    public static partial void PrecisionOfCheckpoint(ILogger logger, Precision used, Precision asked);

    [LoggerMessage(EventId = 11, Level = LogLevel.Information,
        Message = "Precision.Auto takes {Chosen}: forward and backward take {Full:F2} ms in float32, " +
            "{BFloat16:F2} ms in bfloat16.")]
    public static partial void PrecisionChosen(ILogger logger, Precision chosen, double full, double bfloat16);

    [LoggerMessage(EventId = 12, Level = LogLevel.Information, Message = "Precision.Auto takes Full: {Reason}")]
    public static partial void OnlyFull(ILogger logger, string reason);
}
