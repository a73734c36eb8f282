using Diffusion.Sdk.Pipelines;
using Microsoft.Extensions.Options;

namespace Diffusion.Sdk.DependencyInjection;

/// <summary>Every range of the options and the rules between them; all failures are told at once.</summary>
internal sealed class DiffusionOptionsValidator(IEnumerable<PipelineRegistration> registrations)
    : IValidateOptions<DiffusionOptions>
{
    private const int MostRuns = 1024;

    public ValidateOptionsResult Validate(string? name, DiffusionOptions options)
    {
        string[] failures = [.. Failures(options)];
        return failures.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private IEnumerable<string> Failures(DiffusionOptions options)
    {
        if (options.MaxConcurrentRuns is < 1 or > MostRuns)
        {
            yield return $"{nameof(options.MaxConcurrentRuns)} is {options.MaxConcurrentRuns}; " +
                $"expected an integer in [1, {MostRuns}].";
        }
        if (Undefined(nameof(options.Compatibility), options.Compatibility) is { } compatibility)
        {
            yield return compatibility;
        }
        if (SchedulerFailure(options) is { } failure)
        {
            yield return failure;
        }
        string[] known = [.. registrations.Select(registration => registration.Name)];
        if (options.DefaultPipeline is { } wanted && !known.Contains(wanted))
        {
            yield return $"{nameof(options.DefaultPipeline)} is \"{wanted}\"; expected {Expected(known)}.";
        }
        foreach (string problem in options.Pipelines.SelectMany(pair => PipelineFailures(pair.Key, pair.Value, known)))
        {
            yield return problem;
        }
    }

    private static string? SchedulerFailure(DiffusionOptions options)
    {
        try
        {
            options.Scheduler.Validate();
            return null;
        }
        catch (ArgumentException error)
        {
            return $"{nameof(options.Scheduler)}: {error.Message}";
        }
    }

    private static IEnumerable<string> PipelineFailures(string name, PipelineFolderOptions pipeline, string[] known)
    {
        string path = $"{nameof(DiffusionOptions.Pipelines)}:{name}";
        if (!known.Contains(name))
        {
            yield return $"{path} is not registered; expected {Expected(known)}. AddPipeline registers it.";
        }
        if (pipeline.DefaultSteps < 1)
        {
            yield return $"{path}:{nameof(pipeline.DefaultSteps)} is {pipeline.DefaultSteps}; " +
                "expected an integer of at least 1, or nothing.";
        }
        if (Undefined($"{path}:{nameof(pipeline.Precision)}", pipeline.Precision) is { } precision)
        {
            yield return precision;
        }
        if (string.IsNullOrWhiteSpace(pipeline.Folder))
        {
            yield return $"{path}:{nameof(pipeline.Folder)} is empty; expected the folder of a pipeline.";
        }
        else if (!File.Exists(Path.Combine(pipeline.Folder, ModelIndex.FileName)))
        {
            yield return $"{path}:{nameof(pipeline.Folder)} is \"{pipeline.Folder}\", which has no " +
                $"{ModelIndex.FileName}; expected the folder of a pipeline.";
        }
    }

    private static string? Undefined<T>(string name, T value)
        where T : struct, Enum =>
        Enum.IsDefined(value)
            ? null
            : $"{name} is {value}; expected one of {string.Join(", ", Enum.GetNames<T>())}.";

    private static string Expected(string[] known) =>
        known.Length == 0
            ? "a pipeline, but none is registered"
            : $"one of {string.Join(", ", known.Select(name => $"\"{name}\""))}";
}
