using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Diffusion.Sdk.Numerics;

/// <summary>Turns random bits into values.</summary>
internal interface IPhiloxKernel
{
    /// <summary>Eight pairs of words into eight pairs of values, pair after pair.</summary>
    /// <param name="even">The first word of each pair: 0 or 2 of a block.</param>
    /// <param name="odd">The second: 1 or 3.</param>
    static abstract (Vector256<float> Low, Vector256<float> High) Convert(Vector256<uint> even, Vector256<uint> odd);
}

/// <summary>
/// Standard normal values: words 0 and 1 make the values 0 and 1 of a block, words 2 and 3 the values 2 and 3.
/// </summary>
internal readonly struct NormalKernel : IPhiloxKernel
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<float> Low, Vector256<float> High) Convert(Vector256<uint> even, Vector256<uint> odd)
    {
        (Vector256<float> first, Vector256<float> second) = BoxMuller.Transform(even, odd);
        return Interleave.Zip(first, second);
    }
}

/// <summary>Uniform values in [0, 1): the 24 high bits of each word.</summary>
internal readonly struct UniformKernel : IPhiloxKernel
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<float> Low, Vector256<float> High) Convert(Vector256<uint> even, Vector256<uint> odd) =>
        Interleave.Zip(Scale(even), Scale(odd));

    private static Vector256<float> Scale(Vector256<uint> words) =>
        Vector256.ConvertToSingle((words >>> 8).AsInt32()) * Vector256.Create(5.9604645e-8f); // 2^-24
}

internal static class Interleave
{
    /// <summary>[a0 a1 ...] and [b0 b1 ...] to [a0 b0 a1 b1 ...].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<float> Low, Vector256<float> High) Zip(Vector256<float> a, Vector256<float> b)
    {
        (Vector256<ulong> aLow, Vector256<ulong> aHigh) = Vector256.Widen(a.AsUInt32());
        (Vector256<ulong> bLow, Vector256<ulong> bHigh) = Vector256.Widen(b.AsUInt32());
        return ((aLow | (bLow << 32)).AsSingle(), (aHigh | (bHigh << 32)).AsSingle());
    }
}
