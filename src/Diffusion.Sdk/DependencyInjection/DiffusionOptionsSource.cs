using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Diffusion.Sdk.DependencyInjection;

/// <summary>One change to the options; all are applied in the order in which they were registered.</summary>
internal sealed class DiffusionOptionsSource(Func<DiffusionOptions, DiffusionOptions> change)
{
    public DiffusionOptions Apply(DiffusionOptions options) =>
        change(options) ?? throw new InvalidOperationException(
            "The function given to AddDiffusion returned null; expected the changed options.");

    /// <summary>Binds a section of the configuration over the options.</summary>
    public static DiffusionOptionsSource Bind(IConfiguration configuration) => new(options =>
    {
        // A copy, so that nobody's record changes; the nested records are made anew where the section has them.
        DiffusionOptions bound = options with { Scheduler = options.Scheduler with { } };
        try
        {
            configuration.Bind(bound, binder => binder.ErrorOnUnknownConfiguration = true);
            return bound;
        }
        catch (InvalidOperationException error)
        {
            string section = configuration is IConfigurationSection { Path: var path }
                ? $"The section \"{path}\""
                : "The configuration";
            throw new OptionsValidationException(
                Options.DefaultName, typeof(DiffusionOptions),
                [$"{section} of the configuration is not valid: {Innermost(error)}"]);
        }
    });

    private static string Innermost(Exception error) =>
        error.InnerException is { } inner ? $"{error.Message} {Innermost(inner)}" : error.Message;
}
