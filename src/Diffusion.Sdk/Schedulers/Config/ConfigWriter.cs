using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Diffusion.Sdk.Schedulers;

/// <summary>
/// Collects keys and writes them byte for byte as diffusers' save_config does: sorted, indented by two, numbers as
/// Python prints them, a line feed at the end.
/// </summary>
internal sealed class ConfigWriter
{
    private readonly SortedDictionary<string, JsonElement> _values = new(StringComparer.Ordinal);

    public void Add(string key, JsonElement value) => _values[key] = value;

    public void Add(string key, int value) => Add(key, JsonElement.Parse(value.ToString(CultureInfo.InvariantCulture)));

    public void Add(string key, bool value) => Add(key, JsonElement.Parse(value ? "true" : "false"));

    public void Add(string key, string value) => Add(key, JsonElement.Parse(Quote(value)));

    public void Add(string key, double value) => Add(key, JsonElement.Parse(PythonFloat(value)));

    public void Add(string key, IReadOnlyList<double>? values) =>
        Add(key, JsonElement.Parse(values is null ? "null" : $"[{string.Join(',', values.Select(PythonFloat))}]"));

    public override string ToString()
    {
        var text = new StringBuilder("{");
        string separator = "\n";
        foreach ((string key, JsonElement value) in _values)
        {
            text.Append(separator).Append("  ").Append(Quote(key)).Append(": ");
            Append(text, value, "  ");
            separator = ",\n";
        }
        return text.Append("\n}\n").ToString();
    }

    private static void Append(StringBuilder text, JsonElement value, string indent)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                AppendItems(text, '{', '}', indent, value.EnumerateObject(), (property, inner) =>
                {
                    text.Append(Quote(property.Name)).Append(": ");
                    Append(text, property.Value, inner);
                });
                break;
            case JsonValueKind.Array:
                AppendItems(text, '[', ']', indent, value.EnumerateArray(), (item, inner) => Append(text, item, inner));
                break;
            case JsonValueKind.String:
                text.Append(Quote(value.GetString()!));
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    private static void AppendItems<T>(
        StringBuilder text, char open, char close, string indent, IEnumerable<T> items, Action<T, string> append)
    {
        string inner = indent + "  ";
        text.Append(open);
        bool any = false;
        foreach (T item in items)
        {
            text.Append(any ? ",\n" : "\n").Append(inner);
            append(item, inner);
            any = true;
        }
        text.Append(any ? "\n" + indent : "").Append(close);
    }

    /// <summary>Python's repr of a float: shortest digits that read back, always with a point or an exponent.</summary>
    private static string PythonFloat(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.Contains('E') ? text.Replace('E', 'e') : text.Contains('.') ? text : text + ".0";
    }

    /// <summary>A JSON string as Python's json module writes it: everything outside ASCII escaped, in lower case.</summary>
    private static string Quote(string value)
    {
        var text = new StringBuilder("\"");
        foreach (char c in value)
        {
            text.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                < ' ' or > '~' => "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture),
                _ => c.ToString(),
            });
        }
        return text.Append('"').ToString();
    }
}
