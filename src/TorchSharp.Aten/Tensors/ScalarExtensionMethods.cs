namespace TorchSharp;

/// <summary>Conversions between <see cref="Scalar"/> and .NET numbers.</summary>
public static class ScalarExtensionMethods
{
    /// <summary>The value as float64.</summary>
    public static double ToDouble(this Scalar value) => value.AsDouble;

    /// <summary>The value as float32.</summary>
    public static float ToSingle(this Scalar value) => (float)value.AsDouble;

    /// <summary>The value as int64, cut towards zero.</summary>
    public static long ToInt64(this Scalar value) => value.AsLong;

    /// <summary>The value as int32, cut towards zero.</summary>
    public static int ToInt32(this Scalar value) => (int)value.AsLong;

    /// <summary>Whether the value is not zero.</summary>
    public static bool ToBoolean(this Scalar value) => value.AsDouble != 0;

    /// <summary>A scalar of the number.</summary>
    public static Scalar ToScalar(this double value) => value;

    /// <summary>A scalar of the number.</summary>
    public static Scalar ToScalar(this float value) => value;

    /// <summary>A scalar of the number.</summary>
    public static Scalar ToScalar(this long value) => value;

    /// <summary>A scalar of the number.</summary>
    public static Scalar ToScalar(this int value) => value;

    /// <summary>A scalar of the truth value.</summary>
    public static Scalar ToScalar(this bool value) => value;
}
