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
    IEnumerable<IValidateOptions<DiffusionOptions>> validators) : IOptionsFactory<DiffusionOptions>
{
    public DiffusionOptions Create(string name)
    {
        DiffusionOptions options = new OptionsFactory<DiffusionOptions>(setups, postConfigures).Create(name);
        options = sources.Aggregate(options, static (current, source) => source.Apply(current));
        string[] failures = [.. validators
            .Select(validator => validator.Validate(name, options))
            .Where(result => result.Failed)
            .SelectMany(result => result.Failures ?? [])];
        return failures.Length == 0
            ? options
            : throw new OptionsValidationException(name, typeof(DiffusionOptions), failures);
    }
}
