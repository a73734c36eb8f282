using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Diffusion.Sdk.DependencyInjection;

/// <summary>
/// Makes the options. They are immutable records, which the usual factory cannot change: here every change gives a new
/// record, and validation comes last as always.
/// </summary>
internal sealed class DiffusionOptionsFactory(
    IEnumerable<IConfigureOptions<DiffusionOptions>> setups,
    IEnumerable<IPostConfigureOptions<DiffusionOptions>> postConfigures,
    IEnumerable<DiffusionOptionsSource> sources,
    IEnumerable<IValidateOptions<DiffusionOptions>> validators,
    IHostEnvironment? host = null) : IOptionsFactory<DiffusionOptions>
{
    public DiffusionOptions Create(string name)
    {
        DiffusionOptions options = new OptionsFactory<DiffusionOptions>(setups, postConfigures).Create(name);
        options = WithFullFolders(sources.Aggregate(options, static (current, source) => source.Apply(current)));
        string[] failures = [.. validators
            .Select(validator => validator.Validate(name, options))
            .Where(result => result.Failed)
            .SelectMany(result => result.Failures ?? [])];
        return failures.Length == 0
            ? options
            : throw new OptionsValidationException(name, typeof(DiffusionOptions), failures);
    }

    // A host's files lie in its content root, wherever it is started from; without a host the current folder counts.
    private DiffusionOptions WithFullFolders(DiffusionOptions options) => host is null ? options : options with
    {
        Pipelines = options.Pipelines.ToDictionary(
            pair => pair.Key,
            pair => string.IsNullOrWhiteSpace(pair.Value.Folder)
                ? pair.Value
                : pair.Value with { Folder = Path.Combine(host.ContentRootPath, pair.Value.Folder) },
            (options.Pipelines as Dictionary<string, PipelineFolderOptions>)?.Comparer),
    };
}
