using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Files;

/// <summary>
/// Tensors by name to and from safetensors files; the bytes go straight between file and tensor memory.
/// </summary>
public static class TensorFile
{
    // Spans end at 2^31 bytes, so larger tensors are moved in parts of this many elements (at most 8 bytes each).
    private const long PartElements = 1 << 26;

    /// <summary>Reads all tensors of a file.</summary>
    /// <param name="path">A safetensors file.</param>
    /// <param name="device">Where the tensors shall be.</param>
    /// <value>Null for <paramref name="device"/> means main memory.</value>
    /// <returns>The tensors by name; the caller disposes them (or the dispose scope around the call does).</returns>
    /// <exception cref="SafetensorsException">The file breaks the format's rules.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Dictionary<string, Tensor> Load(string path, Device? device = null)
    {
        using var file = SafetensorsFile.Open(path);
        var tensors = new Dictionary<string, Tensor>(file.Entries.Count, StringComparer.Ordinal);
        try
        {
            foreach (SafetensorsEntry entry in file.Entries)
            {
                tensors.Add(entry.Name, Read(file, entry, device));
            }
            return tensors;
        }
        catch
        {
            foreach (Tensor tensor in tensors.Values)
            {
                tensor.Dispose();
            }
            throw;
        }
    }

    /// <summary>Reads one tensor.</summary>
    /// <param name="file">An open file.</param>
    /// <param name="entry">One of its entries.</param>
    /// <param name="device">Where the tensor shall be.</param>
    /// <value>Null for <paramref name="device"/> means main memory.</value>
    /// <returns>A tensor of the entry's type and shape; the caller disposes it.</returns>
    /// <exception cref="SafetensorsException">The file became shorter since it was opened.</exception>
    public static Tensor Read(SafetensorsFile file, SafetensorsEntry entry, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(entry);
        Tensor local = empty([.. entry.Shape], dtype: ScalarTypeOf(entry.Type), device: CPU);
        try
        {
            CopyIn(file, entry, local);
            if (device is null || device.type == DeviceType.CPU)
            {
                return local;
            }
            Tensor moved = local.to(device);
            local.Dispose();
            return moved;
        }
        catch
        {
            local.Dispose();
            throw;
        }
    }

    /// <summary>Writes tensors to a file, atomically, with the layout of the Python library.</summary>
    /// <param name="path">The final name.</param>
    /// <param name="tensors">
    /// The tensors by name, on any device, of any strides; float32, 64, 16, bfloat16, int64, 32, 16, 8, uint8 or
    /// bool.
    /// </param>
    /// <param name="metadata">Strings for "__metadata__".</param>
    /// <value>Null for <paramref name="metadata"/> means format = pt, as diffusers writes and expects it.</value>
    /// <exception cref="ArgumentException">A tensor has a type that the format does not know.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void Save(
        string path,
        IEnumerable<KeyValuePair<string, Tensor>> tensors,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        metadata ??= new Dictionary<string, string> { ["format"] = "pt" };
        SafetensorsFile.Write(path, tensors.Select(pair => SourceOf(pair.Key, pair.Value)), metadata);
    }

    /// <summary>
    /// Describes a tensor for <see cref="SafetensorsFile.Write"/>; it must live until the file is written.
    /// </summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="tensor">The tensor, on any device, of any strides.</param>
    /// <exception cref="ArgumentException">The tensor has a type that the format does not know.</exception>
    public static SafetensorsSource SourceOf(string name, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return new SafetensorsSource(name, TypeOf(name, tensor.dtype), tensor.shape, stream => CopyOut(tensor, stream));
    }

    private static void CopyIn(SafetensorsFile file, SafetensorsEntry entry, Tensor tensor)
    {
        using Tensor flat = tensor.view(-1);
        long offset = 0;
        foreach ((long start, long count) in Parts(flat.numel()))
        {
            using Tensor part = flat.narrow(0, start, count);
            Span<byte> bytes = part.bytes;
            file.Read(entry, bytes, offset);
            offset += bytes.Length;
        }
    }

    private static void CopyOut(Tensor tensor, Stream stream)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor flat = tensor.detach().cpu().contiguous().view(-1);
        foreach ((long start, long count) in Parts(flat.numel()))
        {
            using Tensor part = flat.narrow(0, start, count);
            stream.Write(part.bytes);
        }
    }

    private static IEnumerable<(long Start, long Count)> Parts(long elements)
    {
        for (long start = 0; start < elements; start += PartElements)
        {
            yield return (start, Math.Min(PartElements, elements - start));
        }
    }

    private static ScalarType ScalarTypeOf(SafetensorsType type) => type switch
    {
        SafetensorsType.Bool => ScalarType.Bool,
        SafetensorsType.U8 => ScalarType.Byte,
        SafetensorsType.I8 => ScalarType.Int8,
        SafetensorsType.I16 => ScalarType.Int16,
        SafetensorsType.F16 => ScalarType.Float16,
        SafetensorsType.BF16 => ScalarType.BFloat16,
        SafetensorsType.I32 => ScalarType.Int32,
        SafetensorsType.F32 => ScalarType.Float32,
        SafetensorsType.F64 => ScalarType.Float64,
        _ => ScalarType.Int64,
    };

    private static SafetensorsType TypeOf(string name, ScalarType type) => type switch
    {
        ScalarType.Bool => SafetensorsType.Bool,
        ScalarType.Byte => SafetensorsType.U8,
        ScalarType.Int8 => SafetensorsType.I8,
        ScalarType.Int16 => SafetensorsType.I16,
        ScalarType.Float16 => SafetensorsType.F16,
        ScalarType.BFloat16 => SafetensorsType.BF16,
        ScalarType.Int32 => SafetensorsType.I32,
        ScalarType.Float32 => SafetensorsType.F32,
        ScalarType.Float64 => SafetensorsType.F64,
        ScalarType.Int64 => SafetensorsType.I64,
        _ => throw new ArgumentException(
            $"Tensor \"{name}\" is of type {type}, but only {SafetensorsTypes.Names} can be saved.", nameof(type)),
    };
}
