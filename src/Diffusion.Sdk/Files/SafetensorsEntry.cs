namespace Diffusion.Sdk.Files;

/// <summary>One tensor of a safetensors file.</summary>
public sealed class SafetensorsEntry
{
    internal SafetensorsEntry(string name, SafetensorsType type, long[] shape, long start, long end) =>
        (Name, Type, Shape, Start, End) = (name, type, Array.AsReadOnly(shape), start, end);

    /// <summary>The tensor's name, such as "conv_in.weight".</summary>
    public string Name { get; }

    /// <summary>The type of its elements.</summary>
    public SafetensorsType Type { get; }

    /// <summary>Its shape; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Its first byte, counted from the end of the header.</summary>
    public long Start { get; }

    /// <summary>One past its last byte, counted from the end of the header.</summary>
    public long End { get; }

    /// <summary>How many bytes it has.</summary>
    public long ByteCount => End - Start;
}
