using System.Globalization;
using static TorchSharp.torch;

namespace TorchSharp.Interop;

/// <summary>One argument of an operator call, by implicit conversion from what the caller has.</summary>
internal readonly struct Argument
{
    private Argument(ValueTag tag, long bits = 0, object? reference = null) =>
        (Tag, Bits, Reference) = (tag, bits, reference);

    /// <summary>Takes the schema's default.</summary>
    public static Argument Default => default;

    /// <summary>An optional argument that is absent.</summary>
    public static Argument None => new(ValueTag.None);

    public ValueTag Tag { get; }

    public long Bits { get; }

    public object? Reference { get; }

    public static implicit operator Argument(Tensor? value) =>
        value is null ? None : new(ValueTag.Tensor, value.Handle, value);

    public static implicit operator Argument(long value) => new(ValueTag.Int, value);

    public static implicit operator Argument(long? value) => value is long given ? given : None;

    public static implicit operator Argument(double value) =>
        new(ValueTag.Double, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Argument(double? value) => value is double given ? given : None;

    public static implicit operator Argument(bool value) => new(ValueTag.Bool, value ? 1 : 0);

    public static implicit operator Argument(string? value) => value is null ? None : new(ValueTag.String, 0, value);

    public static implicit operator Argument(long[]? value) => value is null ? None : new(ValueTag.Ints, 0, value);

    public static implicit operator Argument(double[]? value) => value is null ? None : new(ValueTag.Doubles, 0, value);

    public static implicit operator Argument(Tensor?[] value) => new(ValueTag.Tensors, 0, value);

    public static implicit operator Argument(Scalar? value) => value is null ? None : new(value.Tag, value.Bits);

    public static implicit operator Argument(ScalarType value) => (long)value;

    public static implicit operator Argument(ScalarType? value) => value is ScalarType given ? given : None;

    public static implicit operator Argument(Device? value) =>
        value is null ? None : new(ValueTag.Device, Bridge.Pack(value));

    public static implicit operator Argument(Generator? value) =>
        value is null ? None : new(ValueTag.Generator, value.Handle, value);

    /// <summary>How the argument looks in an error message: tensors by dtype and shape.</summary>
    public override string ToString() => Tag switch
    {
        ValueTag.Default => "default",
        ValueTag.None => "None",
        ValueTag.Tensor => Describe((Tensor)Reference!),
        ValueTag.Int or ValueTag.Device => Bits.ToString(CultureInfo.InvariantCulture),
        ValueTag.Double => BitConverter.Int64BitsToDouble(Bits).ToString(CultureInfo.InvariantCulture),
        ValueTag.Bool => Bits != 0 ? "true" : "false",
        ValueTag.Ints => $"[{string.Join(", ", (long[])Reference!)}]",
        ValueTag.Doubles => $"[{string.Join(", ", (double[])Reference!)}]",
        ValueTag.Tensors =>
            $"[{string.Join(", ", ((Tensor?[])Reference!).Select(t => t is null ? "None" : Describe(t)))}]",
        ValueTag.String => $"\"{Reference}\"",
        _ => Tag.ToString(),
    };

    private static string Describe(Tensor tensor) =>
        tensor.IsInvalid ? "disposed tensor" : $"{tensor.dtype} [{string.Join(", ", tensor.shape)}]";
}
