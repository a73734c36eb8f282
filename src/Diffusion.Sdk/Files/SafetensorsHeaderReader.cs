using System.Text.Json;

namespace Diffusion.Sdk.Files;

/// <summary>
/// Reads the JSON of a safetensors header; ranges are judged afterwards, by <see cref="SafetensorsHeader"/>.
/// </summary>
internal static class SafetensorsHeaderReader
{
    public static SafetensorsHeader Read(ReadOnlySpan<byte> json, string path)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read(); // the opening brace
        var names = new HashSet<string>();
        var entries = new List<SafetensorsEntry>();
        Dictionary<string, string>? metadata = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            if (!names.Add(name))
            {
                throw new SafetensorsException($"{path}: the header has two entries named \"{name}\".");
            }
            reader.Read();
            if (name == SafetensorsHeader.MetadataKey)
            {
                metadata = ReadMetadata(ref reader, path);
            }
            else
            {
                entries.Add(ReadEntry(ref reader, name, path));
            }
        }
        while (reader.Read())
        {
            // Anything but spaces behind the header's end makes the reader throw.
        }
        return SafetensorsHeader.Of(entries, metadata);
    }

    private static Dictionary<string, string> ReadMetadata(ref Utf8JsonReader reader, string path)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new SafetensorsException(
                $"{path}: __metadata__ must be an object of strings, but is a {reader.TokenType}.");
        }
        var metadata = new Dictionary<string, string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
            {
                throw new SafetensorsException(
                    $"{path}: __metadata__ must hold strings, but \"{key}\" is a {reader.TokenType}.");
            }
            if (!metadata.TryAdd(key, reader.GetString()!))
            {
                throw new SafetensorsException($"{path}: __metadata__ has two values for \"{key}\".");
            }
        }
        return metadata;
    }

    private static SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name, string path)
    {
        string tensor = $"{path}: tensor \"{name}\"";
        (string? typeName, long[]? shape, long[]? offsets) = ReadFields(ref reader, tensor);
        if (typeName is null || shape is null || offsets is null)
        {
            throw new SafetensorsException(
                $"{tensor} lacks \"{(typeName is null ? "dtype" : shape is null ? "shape" : "data_offsets")}\".");
        }
        if (!SafetensorsTypes.TryParse(typeName, out SafetensorsType type))
        {
            throw new SafetensorsException(
                $"{tensor} has dtype \"{typeName}\", but only {SafetensorsTypes.Names} are known.");
        }
        if (offsets.Length != 2 || offsets[0] > offsets[1])
        {
            throw new SafetensorsException(
                $"{tensor} has data_offsets [{string.Join(", ", offsets)}], but two ascending offsets are needed.");
        }
        Int128 bytes = ByteCount(type, shape);
        if (bytes != offsets[1] - offsets[0])
        {
            throw new SafetensorsException(
                $"{tensor} with dtype {typeName} and shape [{string.Join(", ", shape)}] needs {bytes} bytes, "
                + $"but data_offsets [{offsets[0]}, {offsets[1]}] hold {offsets[1] - offsets[0]}.");
        }
        return new SafetensorsEntry(name, type, shape, offsets[0], offsets[1]);
    }

    // Stops growing where no file is that large, so that any shape can be judged.
    private static Int128 ByteCount(SafetensorsType type, long[] shape) => Array.Exists(shape, size => size == 0)
        ? 0
        : shape.Aggregate((Int128)type.Size(), (product, size) => Int128.Min(product * size, Int128.One << 63));

    private static (string? Type, long[]? Shape, long[]? Offsets) ReadFields(ref Utf8JsonReader reader, string tensor)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new SafetensorsException($"{tensor} must be an object, but is a {reader.TokenType}.");
        }
        string? type = null;
        long[]? shape = null;
        long[]? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string field = reader.GetString()!;
            reader.Read();
            bool repeated = field switch
            {
                "dtype" => type is not null,
                "shape" => shape is not null,
                "data_offsets" => offsets is not null,
                _ => throw new SafetensorsException($"{tensor} has the unknown field \"{field}\"."),
            };
            if (repeated)
            {
                throw new SafetensorsException($"{tensor} has two values for \"{field}\".");
            }
            switch (field)
            {
                case "dtype":
                    type = reader.TokenType == JsonTokenType.String
                        ? reader.GetString()
                        : throw new SafetensorsException(
                            $"{tensor}: \"dtype\" must be a string, but is a {reader.TokenType}.");
                    break;
                case "shape":
                    shape = ReadNumbers(ref reader, field, tensor);
                    break;
                default:
                    offsets = ReadNumbers(ref reader, field, tensor);
                    break;
            }
        }
        return (type, shape, offsets);
    }

    private static long[] ReadNumbers(ref Utf8JsonReader reader, string field, string tensor)
    {
        var numbers = new List<long>();
        bool valid = reader.TokenType == JsonTokenType.StartArray;
        while (valid && reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            long number = 0;
            valid = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out number) && number >= 0;
            numbers.Add(number);
        }
        return valid
            ? [.. numbers]
            : throw new SafetensorsException(
                $"{tensor}: \"{field}\" must be a list of whole numbers that are not negative.");
    }
}
