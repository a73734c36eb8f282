using System.Globalization;
using System.Text;

namespace Diffusion.Sdk.Files;

/// <summary>
/// Reads JSON as Python's json module does: also the bare words NaN, Infinity and -Infinity, which diffusers writes.
/// Stricter in one thing: a key that occurs twice is an error.
/// </summary>
internal ref struct JsonParser(string text, string source)
{
    private const int MaxDepth = 64;
    private int _position;
    private int _depth;

    /// <exception cref="InvalidDataException">The text is not one JSON object.</exception>
    public JsonConfig ParseDocument()
    {
        SkipSpaces();
        if (Peek() != '{')
        {
            throw Error("an object must begin with '{'");
        }
        JsonConfig config = ParseObject();
        SkipSpaces();
        return _position == text.Length ? config : throw Error("nothing may follow the object");
    }

    private readonly char Peek() => _position < text.Length ? text[_position] : '\0';

    private void SkipSpaces()
    {
        while (Peek() is ' ' or '\n' or '\r' or '\t')
        {
            _position++;
        }
    }

    private object? ParseValue()
    {
        SkipSpaces();
        return Peek() switch
        {
            '{' => ParseObject(),
            '[' => ParseList(),
            '"' => ParseString(),
            't' => ParseWord("true", true),
            'f' => ParseWord("false", false),
            'n' => ParseWord("null", null),
            'N' => ParseWord("NaN", new JsonNumber("NaN")),
            'I' => ParseWord("Infinity", new JsonNumber("Infinity")),
            _ => ParseNumber(),
        };
    }

    private JsonConfig ParseObject()
    {
        Enter();
        var config = new JsonConfig(source);
        for (bool more = !Ends('}'); more; more = !EndsAfterItem('}'))
        {
            SkipSpaces();
            int start = _position;
            string key = Peek() == '"' ? ParseString() : throw Error("a key in quotes is expected");
            SkipSpaces();
            Expect(':');
            object? value = ParseValue();
            if (!config.TryAdd(key, value))
            {
                _position = start;
                throw Error($"the key \"{key}\" occurs twice");
            }
        }
        _depth--;
        return config;
    }

    private List<object?> ParseList()
    {
        Enter();
        var items = new List<object?>();
        for (bool more = !Ends(']'); more; more = !EndsAfterItem(']'))
        {
            items.Add(ParseValue());
        }
        _depth--;
        return items;
    }

    private void Enter()
    {
        _position++;
        if (++_depth > MaxDepth)
        {
            throw Error($"more than {MaxDepth} levels");
        }
    }

    private bool Ends(char close)
    {
        SkipSpaces();
        bool ends = Peek() == close;
        _position += ends ? 1 : 0;
        return ends;
    }

    private bool EndsAfterItem(char close)
    {
        if (Ends(close))
        {
            return true;
        }
        Expect(',');
        return false;
    }

    private void Expect(char expected)
    {
        if (Peek() != expected)
        {
            throw Error($"'{expected}' is expected");
        }
        _position++;
    }

    private object? ParseWord(string word, object? value)
    {
        if (!text.AsSpan(_position).StartsWith(word, StringComparison.Ordinal))
        {
            throw Error("a value is expected");
        }
        _position += word.Length;
        return value;
    }

    private object? ParseNumber()
    {
        int start = _position;
        if (Peek() == '-')
        {
            _position++;
            if (Peek() == 'I')
            {
                return ParseWord("Infinity", new JsonNumber("-Infinity"));
            }
        }
        int whole = SkipDigits("a value is expected");
        if (whole > 1 && text[_position - whole] == '0')
        {
            throw Error("a number may not begin with 0");
        }
        if (Peek() == '.')
        {
            _position++;
            SkipDigits("a digit is expected behind the point");
        }
        if (Peek() is 'e' or 'E')
        {
            _position++;
            _position += Peek() is '+' or '-' ? 1 : 0;
            SkipDigits("a digit is expected in the exponent");
        }
        return new JsonNumber(text[start.._position]);
    }

    private int SkipDigits(string otherwise)
    {
        int start = _position;
        while (char.IsAsciiDigit(Peek()))
        {
            _position++;
        }
        return _position > start ? _position - start : throw Error(otherwise);
    }

    private string ParseString()
    {
        var words = new StringBuilder();
        for (_position++; Peek() != '"'; _position++)
        {
            if (_position >= text.Length || Peek() < ' ')
            {
                throw Error("a string must end before the line does");
            }
            words.Append(Peek() == '\\' ? ParseEscape() : Peek());
        }
        _position++;
        return words.ToString();
    }

    private char ParseEscape()
    {
        _position++;
        char escaped = Peek();
        if (escaped == 'u')
        {
            ReadOnlySpan<char> hex = text.AsSpan(_position + 1, Math.Min(4, text.Length - _position - 1));
            if (hex.Length < 4
                || !ushort.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code))
            {
                throw Error("four hexadecimal digits are expected behind \\u");
            }
            _position += 4;
            return (char)code;
        }
        return escaped switch
        {
            '"' or '\\' or '/' => escaped,
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'b' => '\b',
            'f' => '\f',
            _ => throw Error("an unknown escape"),
        };
    }

    private readonly InvalidDataException Error(string message)
    {
        ReadOnlySpan<char> before = text.AsSpan(0, Math.Min(_position, text.Length));
        int line = before.Count('\n') + 1;
        int column = before.Length - (before.LastIndexOf('\n') + 1) + 1;
        return new InvalidDataException($"{source}, line {line}, column {column}: {message}.");
    }
}
