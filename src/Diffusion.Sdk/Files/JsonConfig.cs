using System.Text;

namespace Diffusion.Sdk.Files;

/// <summary>
/// A JSON configuration file in diffusers' manner: an object whose values are asked for by key and type, and whose
/// other keys survive being read and written. Getters say the file, the key, the value and what was expected.
/// </summary>
/// <remarks>
/// Reads and writes what Python's json module does, the bare words NaN, Infinity and -Infinity included.
/// </remarks>
public sealed class JsonConfig
{
    private readonly List<string> _keys = [];
    private readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);

    /// <summary>Makes an empty configuration.</summary>
    /// <param name="source">What messages call it, such as the path of the file.</param>
    public JsonConfig(string source = "configuration")
    {
        ArgumentNullException.ThrowIfNull(source);
        Source = source;
    }

    /// <summary>What messages call this configuration.</summary>
    public string Source { get; }

    /// <summary>The keys in the order in which they were read or set.</summary>
    public IReadOnlyList<string> Keys => _keys;

    /// <summary>Reads a configuration from text.</summary>
    /// <param name="json">One JSON object.</param>
    /// <param name="source">What messages call it.</param>
    /// <exception cref="InvalidDataException">
    /// The text is not one JSON object; the message says line and column.
    /// </exception>
    public static JsonConfig Parse(string json, string source = "configuration")
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(source);
        return new JsonParser(json, source).ParseDocument();
    }

    /// <summary>Reads a configuration from a file.</summary>
    /// <param name="path">The file, UTF-8.</param>
    /// <exception cref="InvalidDataException">The file is not UTF-8 or not one JSON object.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static JsonConfig Load(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path, new UTF8Encoding(false, throwOnInvalidBytes: true)), path);
        }
        catch (DecoderFallbackException error)
        {
            throw new InvalidDataException($"{path} is not UTF-8 text: {error.Message}", error);
        }
    }

    /// <summary>Writes the configuration atomically, as <see cref="ToJson"/> gives it.</summary>
    /// <param name="path">The final name.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Save(string path) => AtomicFile.WriteText(path, ToJson());

    /// <summary>The text as diffusers writes it: indented by 2, ASCII only, a line break at the end.</summary>
    /// <param name="sortKeys">Whether keys are sorted, as diffusers does; else they keep their order.</param>
    public string ToJson(bool sortKeys = true) => JsonText.Write(this, sortKeys);

    /// <summary>Whether there is a value, null included, under the key.</summary>
    public bool Contains(string key) => _values.ContainsKey(key);

    /// <summary>The keys that the caller does not know, in order; to be logged, and kept.</summary>
    /// <param name="known">The keys that mean something to the caller.</param>
    public IReadOnlyList<string> UnknownKeys(IEnumerable<string> known) => [.. _keys.Except(known)];

    /// <summary>The number under the key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="missing">What a missing key means; null: it is an error.</param>
    /// <exception cref="InvalidDataException">The key is missing or holds something else.</exception>
    public long GetInt64(string key, long? missing = null) => JsonValues.Int64(Take(key, missing));

    /// <summary>The number under the key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="missing">What a missing key means; null: it is an error.</param>
    /// <exception cref="InvalidDataException">The key is missing or holds something else.</exception>
    public int GetInt32(string key, int? missing = null) => JsonValues.Int32(Take(key, missing));

    /// <summary>The number under the key; a whole number is one too, and so are NaN, Infinity and -Infinity.</summary>
    /// <param name="key">The key.</param>
    /// <param name="missing">What a missing key means; null: it is an error.</param>
    /// <exception cref="InvalidDataException">The key is missing or holds something else.</exception>
    public double GetDouble(string key, double? missing = null) => JsonValues.Double(Take(key, missing));

    /// <summary>True or false under the key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="missing">What a missing key means; null: it is an error.</param>
    /// <exception cref="InvalidDataException">The key is missing or holds something else.</exception>
    public bool GetBoolean(string key, bool? missing = null) => JsonValues.Boolean(Take(key, missing));

    /// <summary>The string under the key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="missing">What a missing key means; null: it is an error.</param>
    /// <exception cref="InvalidDataException">The key is missing or holds something else.</exception>
    public string GetString(string key, string? missing = null) => JsonValues.String(Take(key, missing));

    /// <summary>The value of an enumeration that the string under the key names.</summary>
    /// <param name="key">The key.</param>
    /// <param name="names">The names in the file and what they mean.</param>
    /// <param name="missing">What a missing key means; null: it is an error.</param>
    /// <exception cref="InvalidDataException">
    /// The key is missing, or holds another string (the message lists the names) or something else.
    /// </exception>
    public T GetEnum<T>(string key, IReadOnlyDictionary<string, T> names, T? missing = null)
        where T : struct, Enum
    {
        ArgumentNullException.ThrowIfNull(names);
        if (missing is { } fallback && !Contains(key))
        {
            return fallback;
        }
        JsonEntry entry = Take(key, null);
        return entry.Value is string name && names.TryGetValue(name, out T value)
            ? value
            : throw entry.Unexpected($"one of {string.Join(", ", names.Keys.Select(known => $"\"{known}\""))}");
    }

    /// <summary>The whole numbers in the list under the key.</summary>
    /// <exception cref="InvalidDataException">The key is missing or holds something else.</exception>
    public IReadOnlyList<long> GetInt64s(string key) => JsonValues.Items(Take(key, null), JsonValues.Int64);

    /// <summary>The numbers in the list under the key.</summary>
    /// <exception cref="InvalidDataException">The key is missing or holds something else.</exception>
    public IReadOnlyList<double> GetDoubles(string key) => JsonValues.Items(Take(key, null), JsonValues.Double);

    /// <summary>The strings in the list under the key.</summary>
    /// <exception cref="InvalidDataException">The key is missing or holds something else.</exception>
    public IReadOnlyList<string> GetStrings(string key) => JsonValues.Items(Take(key, null), JsonValues.String);

    /// <summary>The object under the key.</summary>
    /// <exception cref="InvalidDataException">The key is missing or holds something else.</exception>
    public JsonConfig GetObject(string key)
    {
        JsonEntry entry = Take(key, null);
        return entry.Value as JsonConfig ?? throw entry.Unexpected("an object");
    }

    /// <summary>Whether the key is missing or holds null: what optional values look like.</summary>
    public bool IsNull(string key) => Find(key) is null;

    /// <summary>Sets a value; the key keeps its place or goes to the end.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">
    /// Null, a bool, a string, an int or long, a float or double (a float is written with the digits of a double, as
    /// Python does),
    /// an <see cref="JsonConfig"/>, or a sequence of these. Sequences are copied.
    /// </param>
    /// <exception cref="ArgumentException">The value is of another type.</exception>
    public void Set(string key, object? value)
    {
        ArgumentNullException.ThrowIfNull(key);
        object? stored = JsonValues.FromObject(value);
        if (!TryAdd(key, stored))
        {
            _values[key] = stored;
        }
    }

    /// <summary>Takes a key out.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Remove(string key) => _values.Remove(key) && _keys.Remove(key);

    /// <summary>A configuration with the same keys and values that can be changed without changing this one.</summary>
    public JsonConfig Clone()
    {
        var copy = new JsonConfig(Source);
        foreach (string key in _keys)
        {
            copy.TryAdd(key, _values[key] is JsonConfig nested ? nested.Clone() : _values[key]);
        }
        return copy;
    }

    internal object? Find(string key) => _values.GetValueOrDefault(key);

    internal bool TryAdd(string key, object? value)
    {
        bool added = _values.TryAdd(key, value);
        if (added)
        {
            _keys.Add(key);
        }
        return added;
    }

    private JsonEntry Take(string key, object? missing)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (_values.TryGetValue(key, out object? value))
        {
            return new JsonEntry(Source, key, value);
        }
        return missing is not null
            ? new JsonEntry(Source, key, JsonValues.FromObject(missing))
            : throw new InvalidDataException($"{Source}: \"{key}\" is missing.");
    }
}
