using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Diffusion.Sdk.Training;

/// <summary>The checkpoints of one training: <c>checkpoint-STEP.safetensors</c> in a folder.</summary>
internal sealed class CheckpointFolder(CheckpointOptions options, ILogger logger)
{
    private const string Prefix = "checkpoint-";
    private const string Suffix = ".safetensors";

    /// <summary>The file for a step.</summary>
    public string PathOf(long step) =>
        Path.Combine(options.Directory, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step:D8}{Suffix}"));

    /// <summary>All files that are named like checkpoints, the newest first.</summary>
    public string[] List() => !Directory.Exists(options.Directory)
        ? []
        : [.. Directory.EnumerateFiles(options.Directory, $"{Prefix}*{Suffix}")
            .Where(path => StepOf(path) is not null)
            .OrderByDescending(path => StepOf(path))];

    /// <summary>The newest whole checkpoint; files that are none are logged and passed over.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public Checkpoint Latest()
    {
        foreach (string path in List())
        {
            try
            {
                return Checkpoint.Open(path);
            }
            catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                TrainingLog.Skipped(logger, path, error.Message);
            }
        }
        throw new FileNotFoundException($"There is no whole checkpoint in {options.Directory}.");
    }

    /// <summary>
    /// Deletes all but the one just saved and the newest of the others: after going back, those of the course that was
    /// given up have later steps. One that cannot be deleted is logged and stays.
    /// </summary>
    public void Prune(string saved)
    {
        foreach (string path in List().Where(path => path != saved).Skip(options.Keep - 1))
        {
            try
            {
                File.Delete(path);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                TrainingLog.NotDeleted(logger, path, error.Message);
            }
        }
    }

    private static long? StepOf(string path)
    {
        ReadOnlySpan<char> digits = Path.GetFileName(path.AsSpan())[Prefix.Length..^Suffix.Length];
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long step) ? step : null;
    }
}
