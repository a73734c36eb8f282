using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Diffusion.Sdk.Files;

/// <summary>
/// The JSON header of a safetensors file. Reading keeps the rules of the Python library: the tensors' byte ranges,
/// sorted, must cover the data without gap or overlap, and each must be as long as its shape and type say.
/// </summary>
internal sealed class SafetensorsHeader
{
    public const string MetadataKey = "__metadata__";
    public const int LengthBytes = 8;
    public const long MaxBytes = 100_000_000;

    private SafetensorsHeader(List<SafetensorsEntry> entries, Dictionary<string, string>? metadata) =>
        (Entries, Metadata) = (entries, metadata);

    /// <summary>The tensors in the order of their bytes.</summary>
    public List<SafetensorsEntry> Entries { get; }

    public Dictionary<string, string>? Metadata { get; }

    /// <param name="json">The header without its length.</param>
    /// <param name="dataBytes">How many bytes follow it.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="SafetensorsException">A rule is broken.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long dataBytes, string path)
    {
        SafetensorsHeader header;
        try
        {
            if (json.Length == 0 || json[0] != (byte)'{')
            {
                throw new JsonException("It must begin with '{'.");
            }
            header = SafetensorsHeaderReader.Read(json, path);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new SafetensorsException($"{path}: the header is not valid JSON: {error.Message}", error);
        }
        header.Entries.Sort((a, b) => (a.Start, a.End).CompareTo((b.Start, b.End)));
        header.CheckRanges(dataBytes, path);
        return header;
    }

    public static SafetensorsHeader Of(List<SafetensorsEntry> entries, Dictionary<string, string>? metadata) =>
        new(entries, metadata);

    /// <summary>Length and JSON, padded with spaces so that the data begins at a multiple of 8.</summary>
    public static byte[] Format(IReadOnlyList<SafetensorsSource> sources, IReadOnlyDictionary<string, string>? metadata)
    {
        var json = new StringBuilder("{");
        if (metadata is not null)
        {
            json.Append("\"__metadata__\":{");
            json.AppendJoin(',', metadata.Select(pair => $"{Quote(pair.Key)}:{Quote(pair.Value)}"));
            json.Append(sources.Count > 0 ? "}," : "}");
        }
        long offset = 0;
        for (int i = 0; i < sources.Count; i++)
        {
            SafetensorsSource source = sources[i];
            string shape = string.Join(',', source.Shape);
            long end = offset + source.ByteCount;
            json.Append(i > 0 ? "," : "").Append(Quote(source.Name));
            json.Append(
                CultureInfo.InvariantCulture,
                $":{{\"dtype\":\"{source.Type.Name()}\",\"shape\":[{shape}],\"data_offsets\":[{offset},{end}]}}");
            offset = end;
        }
        json.Append('}');
        byte[] text = Encoding.UTF8.GetBytes(json.ToString());
        var bytes = new byte[LengthBytes + (text.Length + 7) / 8 * 8];
        bytes.AsSpan().Fill((byte)' ');
        BitConverter.TryWriteBytes(bytes, (long)(bytes.Length - LengthBytes));
        text.CopyTo(bytes, LengthBytes);
        return bytes;
    }

    // As the Python library escapes: quotes, backslashes and control characters only.
    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                < ' ' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => c.ToString(),
            });
        }
        return quoted.Append('"').ToString();
    }

    private void CheckRanges(long dataBytes, string path)
    {
        long covered = 0;
        foreach (SafetensorsEntry entry in Entries)
        {
            string range = $"{path}: tensor \"{entry.Name}\" with data_offsets [{entry.Start}, {entry.End}]";
            if (entry.Start < covered)
            {
                throw new SafetensorsException($"{range} overlaps the tensor before it, which ends at {covered}.");
            }
            if (entry.Start > covered)
            {
                throw new SafetensorsException(
                    $"{range} leaves a gap after the tensor before it, which ends at {covered}.");
            }
            if (entry.End > dataBytes)
            {
                throw new SafetensorsException(
                    $"{range} ends behind the file's {dataBytes} bytes of data: the file is truncated.");
            }
            covered = entry.End;
        }
        if (covered != dataBytes)
        {
            throw new SafetensorsException(
                $"{path}: the tensors cover {covered} bytes of data, but the file has {dataBytes}.");
        }
    }
}
