using System.Collections;

namespace Diffusion.Sdk.Files;

/// <summary>A value with where it stands, for messages.</summary>
internal readonly record struct JsonEntry(string Source, string Key, object? Value)
{
    public InvalidDataException Unexpected(string expected) =>
        new($"{Source}: \"{Key}\" is {JsonText.Describe(Value)}; expected {expected}.");
}

/// <summary>What the values of a <see cref="JsonConfig"/> are and how they are read as types.</summary>
internal static class JsonValues
{
    public static long Int64(JsonEntry entry) =>
        entry.Value is JsonNumber number && number.TryGetInt64(out long value)
            ? value
            : throw entry.Unexpected("a whole number");

    public static int Int32(JsonEntry entry) =>
        entry.Value is JsonNumber number && number.TryGetInt64(out long value)
            && value is >= int.MinValue and <= int.MaxValue
            ? (int)value
            : throw entry.Unexpected("a whole number of 32 bits");

    public static double Double(JsonEntry entry) =>
        entry.Value is JsonNumber number ? number.ToDouble() : throw entry.Unexpected("a number");

    public static bool Boolean(JsonEntry entry) =>
        entry.Value is bool value ? value : throw entry.Unexpected("true or false");

    public static string String(JsonEntry entry) => entry.Value as string ?? throw entry.Unexpected("a string");

    public static IReadOnlyList<T> Items<T>(JsonEntry entry, Func<JsonEntry, T> read) =>
        entry.Value is IReadOnlyList<object?> items
        ? [.. items.Select((item, i) => read(entry with { Key = $"{entry.Key}[{i}]", Value = item }))]
        : throw entry.Unexpected("a list");

    /// <summary>The form in which a value is kept.</summary>
    /// <exception cref="ArgumentException">The value has no form in JSON.</exception>
    public static object? FromObject(object? value) => value switch
    {
        null or bool or string or JsonNumber => value,
        JsonConfig nested => nested.Clone(),
        int whole => JsonNumber.Of(whole),
        long whole => JsonNumber.Of(whole),
        float number => JsonNumber.Of((double)number),
        double number => JsonNumber.Of(number),
        IEnumerable items => items.Cast<object?>().Select(FromObject).ToList(),
        _ => throw new ArgumentException(
            $"A {value.GetType().Name} has no form in a configuration file.", nameof(value)),
    };
}
