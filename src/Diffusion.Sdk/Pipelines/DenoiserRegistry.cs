using System.Collections.Immutable;
using Diffusion.Sdk.Denoisers;
using Microsoft.Extensions.Logging;

namespace Diffusion.Sdk.Pipelines;

/// <summary>
/// Which denoisers a folder can hold: from the <c>_class_name</c> in config.json to what makes one. Immutable, so safe
/// on any number of threads.
/// </summary>
public sealed class DenoiserRegistry
{
    private readonly ImmutableSortedDictionary<string, Func<string, ILogger?, Denoiser>> _factories;

    private DenoiserRegistry(ImmutableSortedDictionary<string, Func<string, ILogger?, Denoiser>> factories) =>
        _factories = factories;

    /// <summary>The denoisers of this SDK.</summary>
    public static DenoiserRegistry Default { get; } =
        new(new Dictionary<string, Func<string, ILogger?, Denoiser>>
        {
            [MlpDenoiserConfig.ClassName] = (json, logger) => new MlpDenoiser(MlpDenoiserConfig.FromJson(json, logger)),
            [UNet2DConfig.ClassName] = (json, logger) => new UNet2DModel(UNet2DConfig.FromJson(json, logger)),
        }.ToImmutableSortedDictionary(StringComparer.Ordinal));

    /// <summary>The class names, sorted.</summary>
    public IEnumerable<string> ClassNames => _factories.Keys;

    /// <summary>A registry that knows one more class, or makes a known one in another way.</summary>
    /// <param name="className">What <c>_class_name</c> says.</param>
    /// <param name="create">
    /// Makes a denoiser of the text of config.json; its weights are filled in afterwards. Says with
    /// <see cref="InvalidDataException"/> or <see cref="ArgumentException"/> what is wrong with the text.
    /// </param>
    /// <exception cref="ArgumentException">The class name is empty.</exception>
    public DenoiserRegistry With(string className, Func<string, Denoiser> create)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(className);
        ArgumentNullException.ThrowIfNull(create);
        return new DenoiserRegistry(_factories.SetItem(className, (json, _) => create(json)));
    }

    /// <summary>Makes a denoiser without its weights; the caller disposes it.</summary>
    /// <param name="className">Which one.</param>
    /// <param name="configJson">The text of its config.json.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="logger">Is told about keys that are kept without effect; null for nobody.</param>
    /// <exception cref="InvalidDataException">The class is not known, or the text is not valid.</exception>
    internal Denoiser Create(string className, string configJson, string path, ILogger? logger)
    {
        if (!_factories.TryGetValue(className, out Func<string, ILogger?, Denoiser>? create))
        {
            throw new InvalidDataException(
                $"{path} is for \"{className}\", which is not known; expected one of " +
                $"{string.Join(", ", ClassNames.Select(name => $"\"{name}\""))}. " +
                $"{nameof(DenoiserRegistry)}.{nameof(With)} adds others.");
        }
        try
        {
            return create(configJson, logger);
        }
        catch (Exception error) when (error is InvalidDataException or ArgumentException)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }
}
