using TorchSharp.Interop;

namespace TorchSharp;

/// <summary>
/// A number or truth value handed to an operator, with its own type: 1 stays an integer, 1.0 a float.
/// </summary>
public sealed class Scalar : IDisposable
{
    private Scalar(ValueTag tag, long bits, torch.ScalarType type) => (Tag, Bits, Type) = (tag, bits, type);

    private Scalar(double value, torch.ScalarType type)
        : this(ValueTag.Double, BitConverter.DoubleToInt64Bits(value), type)
    {
    }

    private Scalar(long value, torch.ScalarType type)
        : this(ValueTag.Int, value, type)
    {
    }

    /// <summary>The type the value was given in.</summary>
    public torch.ScalarType Type { get; }

    internal ValueTag Tag { get; }

    internal long Bits { get; }

    internal double AsDouble => Tag == ValueTag.Double ? BitConverter.Int64BitsToDouble(Bits) : Bits;

    internal long AsLong => Tag == ValueTag.Double ? (long)BitConverter.Int64BitsToDouble(Bits) : Bits;

    public static implicit operator Scalar(byte value) => new(value, torch.ScalarType.Byte);

    public static implicit operator Scalar(sbyte value) => new(value, torch.ScalarType.Int8);

    public static implicit operator Scalar(short value) => new(value, torch.ScalarType.Int16);

    public static implicit operator Scalar(int value) => new(value, torch.ScalarType.Int32);

    public static implicit operator Scalar(long value) => new(value, torch.ScalarType.Int64);

    public static implicit operator Scalar(Half value) => new((double)value, torch.ScalarType.Float16);

    public static implicit operator Scalar(float value) => new((double)value, torch.ScalarType.Float32);

    public static implicit operator Scalar(double value) => new(value, torch.ScalarType.Float64);

    public static implicit operator Scalar(bool value) => new(ValueTag.Bool, value ? 1 : 0, torch.ScalarType.Bool);

    /// <summary>Does nothing: the value is managed. TorchSharp's own scalars hold native memory.</summary>
    public void Dispose()
    {
    }
}
