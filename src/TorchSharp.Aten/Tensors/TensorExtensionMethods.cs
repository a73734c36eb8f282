using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Conversions of one-element tensors to .NET numbers, whatever the element type.</summary>
public static class TensorExtensionMethods
{
    public static float ToSingle(this Tensor value) => Number(value).ToSingle();

    public static double ToDouble(this Tensor value) => Number(value).ToDouble();

    public static long ToInt64(this Tensor value) => Number(value).ToInt64();

    public static int ToInt32(this Tensor value) => Number(value).ToInt32();

    public static bool ToBoolean(this Tensor value) => Number(value).ToBoolean();

    private static Scalar Number(Tensor value) => value.ToScalar();
}
