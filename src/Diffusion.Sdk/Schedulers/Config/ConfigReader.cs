using System.Text.Json;

namespace Diffusion.Sdk.Schedulers;

/// <summary>
/// Reads the keys of a scheduler_config.json one by one. A missing key gives the default, as in diffusers; a value of
/// another type or an unknown name is an error that says the key, the value and what was expected.
/// </summary>
internal sealed class ConfigReader
{
    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);

    /// <exception cref="InvalidDataException">The text is not a JSON object.</exception>
    public ConfigReader(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new InvalidDataException(
                    $"A scheduler config is a JSON object, but this is {Describe(document.RootElement)}.");
            }
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                _values[property.Name] = property.Value.Clone();
            }
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"The scheduler config is not valid JSON: {error.Message}", error);
        }
    }

    /// <summary>What was not asked for yet; null if nothing is left.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Rest => _values.Count == 0 ? null : _values;

    public int Integer(string key, int missing) =>
        !Take(key, out JsonElement value) ? missing
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number
        : throw Unexpected(key, value, "an integer");

    public double Number(string key, double missing) =>
        !Take(key, out JsonElement value) ? missing
        : value.ValueKind == JsonValueKind.Number ? value.GetDouble()
        : throw Unexpected(key, value, "a number");

    public bool Flag(string key, bool missing) =>
        !Take(key, out JsonElement value) ? missing
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw Unexpected(key, value, "true or false");

    public string? Text(string key) =>
        !Take(key, out JsonElement value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw Unexpected(key, value, "a string");

    public T Name<T>(string key, ConfigNames<T> names, T missing)
        where T : struct, Enum =>
        !Take(key, out JsonElement value) ? missing
        : value.ValueKind == JsonValueKind.String && names.Find(value.GetString()!) is { } known ? known
        : throw Unexpected(key, value, $"one of {names.All}");

    /// <summary>A list of numbers, or null where the key is missing or null.</summary>
    public IReadOnlyList<double>? Numbers(string key)
    {
        if (!Take(key, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.Number))
        {
            throw Unexpected(key, value, "a list of numbers or null");
        }
        return [.. value.EnumerateArray().Select(item => item.GetDouble())];
    }

    private bool Take(string key, out JsonElement value) => _values.Remove(key, out value);

    private static InvalidDataException Unexpected(string key, JsonElement value, string expected) =>
        new($"The scheduler config's \"{key}\" is {Describe(value)}; expected {expected}.");

    private static string Describe(JsonElement value)
    {
        string text = value.GetRawText();
        return text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 60), "...");
    }
}
