using System.Globalization;
using System.Text;

namespace Diffusion.Sdk.Files;

/// <summary>Writes JSON as Python's json.dumps(value, indent=2, sort_keys=True) + "\n" does, ASCII only.</summary>
internal static class JsonText
{
    public static string Write(JsonConfig config, bool sortKeys)
    {
        var text = new StringBuilder();
        WriteObject(text, config, indent: 0, sortKeys);
        return text.Append('\n').ToString();
    }

    /// <summary>A value on one line, for messages; long ones are cut.</summary>
    public static string Describe(object? value)
    {
        var text = new StringBuilder();
        WriteValue(text, value, indent: 0, sortKeys: false);
        string line = string.Join(' ', text.ToString().Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= 80 ? line : line[..77] + "...";
    }

    private static void WriteValue(StringBuilder text, object? value, int indent, bool sortKeys)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case bool flag:
                text.Append(flag ? "true" : "false");
                break;
            case JsonNumber number:
                text.Append(number.Literal);
                break;
            case string words:
                WriteString(text, words);
                break;
            case JsonConfig nested:
                WriteObject(text, nested, indent, sortKeys);
                break;
            default:
                var items = (IReadOnlyList<object?>)value;
                WriteSequence(text, '[', ']', items, indent, item => WriteValue(text, item, indent + 2, sortKeys));
                break;
        }
    }

    private static void WriteObject(StringBuilder text, JsonConfig config, int indent, bool sortKeys)
    {
        IReadOnlyList<string> keys = sortKeys ? [.. config.Keys.Order(Utf8Order.Instance)] : config.Keys;
        WriteSequence(text, '{', '}', keys, indent, key =>
        {
            WriteString(text, key);
            text.Append(": ");
            WriteValue(text, config.Find(key), indent + 2, sortKeys);
        });
    }

    private static void WriteSequence<T>(
        StringBuilder text, char open, char close, IReadOnlyList<T> items, int indent, Action<T> writeItem)
    {
        text.Append(open);
        for (int i = 0; i < items.Count; i++)
        {
            text.Append(i == 0 ? "\n" : ",\n").Append(' ', indent + 2);
            writeItem(items[i]);
        }
        if (items.Count > 0)
        {
            text.Append('\n').Append(' ', indent);
        }
        text.Append(close);
    }

    private static void WriteString(StringBuilder text, string words)
    {
        text.Append('"');
        foreach (char c in words)
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
                < ' ' or > '~' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => c.ToString(),
            });
        }
        text.Append('"');
    }
}
