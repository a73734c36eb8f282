namespace Diffusion.Sdk.Files;

/// <summary>One tensor to be written to a safetensors file.</summary>
public sealed class SafetensorsSource
{
    private readonly long[] _shape;

    /// <summary>Describes a tensor; its bytes are asked for when their turn comes.</summary>
    /// <param name="name">The tensor's name; not "__metadata__".</param>
    /// <param name="type">The type of its elements.</param>
    /// <param name="shape">Its shape; empty for a scalar.</param>
    /// <param name="write">Writes exactly the tensor's bytes, row-major and little-endian.</param>
    /// <exception cref="ArgumentException">The name is "__metadata__" or a size is negative.</exception>
    public SafetensorsSource(string name, SafetensorsType type, IEnumerable<long> shape, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(write);
        _shape = [.. shape];
        if (name == SafetensorsHeader.MetadataKey)
        {
            throw new ArgumentException($"A tensor cannot be named {name}: that key holds the metadata.", nameof(name));
        }
        if (Array.Exists(_shape, size => size < 0))
        {
            throw new ArgumentException(
                $"Tensor \"{name}\": shape [{string.Join(", ", _shape)}] has a negative size.", nameof(shape));
        }
        (Name, Type, Write) = (name, type, write);
        ByteCount = checked(_shape.Aggregate((long)type.Size(), (product, size) => checked(product * size)));
    }

    /// <summary>Describes a tensor whose bytes are at hand.</summary>
    /// <param name="name">The tensor's name; not "__metadata__".</param>
    /// <param name="type">The type of its elements.</param>
    /// <param name="shape">Its shape; empty for a scalar.</param>
    /// <param name="bytes">Exactly the tensor's bytes, row-major and little-endian.</param>
    /// <exception cref="ArgumentException">The name is "__metadata__" or a size is negative.</exception>
    public SafetensorsSource(string name, SafetensorsType type, IEnumerable<long> shape, ReadOnlyMemory<byte> bytes)
        : this(name, type, shape, stream => stream.Write(bytes.Span))
    {
    }

    /// <summary>The tensor's name.</summary>
    public string Name { get; }

    /// <summary>The type of its elements.</summary>
    public SafetensorsType Type { get; }

    /// <summary>Its shape; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape => _shape;

    /// <summary>How many bytes shape and type amount to.</summary>
    public long ByteCount { get; }

    internal Action<Stream> Write { get; }
}
