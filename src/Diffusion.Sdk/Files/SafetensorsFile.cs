using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Diffusion.Sdk.Files;

/// <summary>
/// A safetensors file: a JSON header with names, types and shapes, then the tensors' bytes. Opening reads and checks
/// the header only; the bytes of a tensor are read when asked for, by any number of threads at once.
/// </summary>
/// <remarks>Source of the format: github.com/huggingface/safetensors, "Format".</remarks>
public sealed class SafetensorsFile : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly SafetensorsHeader _header;
    private readonly Dictionary<string, SafetensorsEntry> _byName;
    private readonly long _dataStart;

    private SafetensorsFile(string path, SafeFileHandle file, SafetensorsHeader header, long dataStart)
    {
        (Path, _file, _header, _dataStart) = (path, file, header, dataStart);
        _byName = header.Entries.ToDictionary(entry => entry.Name);
    }

    /// <summary>The file's path as it was given.</summary>
    public string Path { get; }

    /// <summary>The tensors in the order of their bytes.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries => _header.Entries;

    /// <summary>The strings under "__metadata__", such as format = pt; null if the file has none.</summary>
    public IReadOnlyDictionary<string, string>? Metadata => _header.Metadata;

    /// <summary>The tensor of a name.</summary>
    /// <exception cref="KeyNotFoundException">The file has no such tensor.</exception>
    public SafetensorsEntry this[string name] => _byName.TryGetValue(name, out SafetensorsEntry? entry)
        ? entry
        : throw new KeyNotFoundException($"{Path} has no tensor \"{name}\".");

    /// <summary>
    /// Opens a file and checks its header against the length of the file. The caller disposes the result.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SafetensorsException">The file breaks the format's rules.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            long length = RandomAccess.GetLength(file);
            long headerBytes = ReadHeaderLength(file, length, path);
            var json = new byte[headerBytes];
            ReadExactly(file, json, SafetensorsHeader.LengthBytes, path);
            long dataStart = SafetensorsHeader.LengthBytes + headerBytes;
            return new SafetensorsFile(path, file, SafetensorsHeader.Parse(json, length - dataStart, path), dataStart);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Writes a file atomically, with the layout of the Python library: by type, largest alignment first, then by
    /// name.
    /// </summary>
    /// <param name="path">The final name.</param>
    /// <param name="tensors">The tensors; each is asked for its bytes once, in the order of the file.</param>
    /// <param name="metadata">Strings for "__metadata__"; diffusers expects format = pt. Null leaves them out.</param>
    /// <exception cref="ArgumentException">Two tensors have one name.</exception>
    /// <exception cref="InvalidOperationException">
    /// A tensor wrote more or fewer bytes than its shape and type need.
    /// </exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void Write(
        string path, IEnumerable<SafetensorsSource> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        SafetensorsSource[] sorted = [.. tensors
            .OrderByDescending(tensor => tensor.Type)
            .ThenBy(tensor => tensor.Name, Utf8Order.Instance)];
        if (sorted.GroupBy(tensor => tensor.Name).FirstOrDefault(group => group.Count() > 1) is { } repeated)
        {
            throw new ArgumentException($"Two tensors are named \"{repeated.Key}\".", nameof(tensors));
        }
        byte[] header = SafetensorsHeader.Format(sorted, metadata);
        AtomicFile.Write(path, stream =>
        {
            stream.Write(header);
            foreach (SafetensorsSource tensor in sorted)
            {
                WriteTensor(stream, tensor);
            }
        });
    }

    /// <summary>Reads the bytes of a tensor, row-major and little-endian.</summary>
    /// <param name="entry">One of <see cref="Entries"/>.</param>
    /// <param name="destination">Receives bytes [offset, offset + length) of the tensor.</param>
    /// <param name="offset">Where in the tensor to begin; for reading a large one in parts.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range reaches behind the tensor.</exception>
    /// <exception cref="SafetensorsException">The file became shorter since it was opened.</exception>
    public void Read(SafetensorsEntry entry, Span<byte> destination, long offset = 0)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, entry.ByteCount - destination.Length);
        ReadExactly(_file, destination, _dataStart + entry.Start + offset, Path);
    }

    /// <summary>Reads all bytes of a tensor, row-major and little-endian.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <exception cref="KeyNotFoundException">The file has no such tensor.</exception>
    /// <exception cref="SafetensorsException">The file became shorter since it was opened.</exception>
    public byte[] ReadBytes(string name)
    {
        SafetensorsEntry entry = this[name];
        var bytes = new byte[entry.ByteCount];
        Read(entry, bytes);
        return bytes;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private static long ReadHeaderLength(SafeFileHandle file, long length, string path)
    {
        if (length < SafetensorsHeader.LengthBytes)
        {
            throw new SafetensorsException(
                $"{path}: {length} bytes are too few for a safetensors file, which begins with "
                + "8 bytes of header length.");
        }
        Span<byte> bytes = stackalloc byte[SafetensorsHeader.LengthBytes];
        ReadExactly(file, bytes, 0, path);
        ulong headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (headerBytes > SafetensorsHeader.MaxBytes)
        {
            throw new SafetensorsException(
                $"{path}: a header of {headerBytes} bytes is more than the {SafetensorsHeader.MaxBytes} allowed.");
        }
        if ((long)headerBytes > length - SafetensorsHeader.LengthBytes)
        {
            throw new SafetensorsException(
                $"{path}: a header of {headerBytes} bytes does not fit into a file of {length} bytes: "
                + "the file is truncated.");
        }
        return (long)headerBytes;
    }

    private static void ReadExactly(SafeFileHandle file, Span<byte> destination, long position, string path)
    {
        while (destination.Length > 0)
        {
            int read = RandomAccess.Read(file, destination, position);
            if (read == 0)
            {
                throw new SafetensorsException(
                    $"{path}: the file ends at byte {position}, {destination.Length} bytes too early.");
            }
            destination = destination[read..];
            position += read;
        }
    }

    private static void WriteTensor(Stream stream, SafetensorsSource tensor)
    {
        long start = stream.Position;
        tensor.Write(stream);
        if (stream.Position - start != tensor.ByteCount)
        {
            throw new InvalidOperationException(
                $"Tensor \"{tensor.Name}\" of type {tensor.Type.Name()} and shape [{string.Join(", ", tensor.Shape)}] "
                + $"has {tensor.ByteCount} bytes, but {stream.Position - start} were written.");
        }
    }
}
