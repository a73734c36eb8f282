using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Diffusion.Sdk.Tests;

/// <summary>
/// Reads a safetensors file, independently of the SDK's own reader: 8 bytes length, that many bytes of JSON
/// {name: {dtype, shape, data_offsets}}, then the data.
/// </summary>
public sealed class RecordedTensors
{
    private readonly byte[] _bytes;
    private readonly int _dataStart;
    private readonly Dictionary<string, JsonElement> _entries;

    public RecordedTensors(string path)
    {
        _bytes = File.ReadAllBytes(path);
        int headerLength = (int)BinaryPrimitives.ReadUInt64LittleEndian(_bytes);
        _dataStart = 8 + headerLength;
        _entries = JsonDocument.Parse(_bytes.AsMemory(8, headerLength)).RootElement.EnumerateObject()
            .Where(property => property.Name != "__metadata__")
            .ToDictionary(property => property.Name, property => property.Value);
    }

    public IEnumerable<string> Names => _entries.Keys;

    public bool Has(string name) => _entries.ContainsKey(name);

    public bool IsInteger(string name) => _entries[name].GetProperty("dtype").GetString() == "I64";

    public long[] Shape(string name) => [.. _entries[name].GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];

    public float[] Floats(string name) => Read<float>(name, "F32");

    public long[] Integers(string name) => Read<long>(name, "I64");

    private T[] Read<T>(string name, string type)
        where T : unmanaged
    {
        JsonElement entry = _entries[name];
        Assert.Equal(type, entry.GetProperty("dtype").GetString());
        int begin = entry.GetProperty("data_offsets")[0].GetInt32();
        int end = entry.GetProperty("data_offsets")[1].GetInt32();
        return MemoryMarshal.Cast<byte, T>(_bytes.AsSpan(_dataStart + begin, end - begin)).ToArray();
    }
}
