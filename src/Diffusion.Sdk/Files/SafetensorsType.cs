namespace Diffusion.Sdk.Files;

/// <summary>
/// Element types of safetensors files, in the order in which the Python library sorts them (by alignment);
/// named as in the files.
/// </summary>
public enum SafetensorsType
{
    /// <summary>"BOOL", 1 byte, 0 or 1.</summary>
    Bool,

    /// <summary>"U8", 1 byte.</summary>
    U8,

    /// <summary>"I8", 1 byte.</summary>
    I8,

    /// <summary>"I16", 2 bytes.</summary>
    I16,

    /// <summary>"F16", 2 bytes, IEEE half precision.</summary>
    F16,

    /// <summary>"BF16", 2 bytes, the high half of a float32.</summary>
    BF16,

    /// <summary>"I32", 4 bytes.</summary>
    I32,

    /// <summary>"F32", 4 bytes.</summary>
    F32,

    /// <summary>"F64", 8 bytes.</summary>
    F64,

    /// <summary>"I64", 8 bytes.</summary>
    I64,
}

/// <summary>Names and sizes of <see cref="SafetensorsType"/>.</summary>
internal static class SafetensorsTypes
{
    /// <summary>All names, for messages.</summary>
    public static string Names => string.Join(", ", Enum.GetValues<SafetensorsType>().Select(Name));

    public static string Name(this SafetensorsType type) => type.ToString().ToUpperInvariant();

    public static int Size(this SafetensorsType type) => type switch
    {
        SafetensorsType.Bool or SafetensorsType.U8 or SafetensorsType.I8 => 1,
        SafetensorsType.I16 or SafetensorsType.F16 or SafetensorsType.BF16 => 2,
        SafetensorsType.I32 or SafetensorsType.F32 => 4,
        SafetensorsType.F64 or SafetensorsType.I64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "This is no element type of safetensors files."),
    };

    public static bool TryParse(string name, out SafetensorsType type)
    {
        SafetensorsType[] found = [.. Enum.GetValues<SafetensorsType>().Where(candidate => candidate.Name() == name)];
        type = found.FirstOrDefault();
        return found.Length == 1;
    }
}
