using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Diffusion.Sdk.Numerics;

/// <summary>
/// The Box-Muller transform, eight pairs at a time: z0 = r cos(phi), z1 = r sin(phi), r = sqrt(-2 ln u), phi = 2 pi v.
/// Only correctly rounded operations in a fixed order (add, multiply, divide, square root, no fused multiply-add),
/// and series of our own instead of the library's functions: so the numbers are the same, bit for bit, on every CPU.
/// </summary>
/// <remarks>Source: Box and Muller 1958, "A note on the generation of random normal deviates".</remarks>
internal static class BoxMuller
{
    private const int SqrtHalfBits = 0x3F3504F3; // the float next to sqrt(1/2)
    private const float Ln2 = 0.693147180559945f;

    /// <summary>
    /// Turns 32 random bits for the radius and 32 for the angle into two independent normal numbers per lane.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<float> First, Vector256<float> Second) Transform(
        Vector256<uint> radius, Vector256<uint> angle)
    {
        // u in [2^-32, 1] from 31 bits: the conversion of a signed integer is correctly rounded everywhere,
        // and small u keep their full precision, so the tail reaches 6.66 standard deviations.
        Vector256<float> u = (Vector256.ConvertToSingle((radius >>> 1).AsInt32()) + Vector256.Create(0.5f))
            * Vector256.Create(4.656612873077393e-10f); // 2^-31
        Vector256<float> r = Vector256.Sqrt(Vector256.Create(-2f) * Log(u));

        // The two high bits choose the quadrant, the others a signed angle in [-pi/4, pi/4) around its axis.
        Vector256<float> phi = Vector256.ConvertToSingle((angle << 2).AsInt32())
            * Vector256.Create(3.6572951e-10f); // pi/4 * 2^-31
        (Vector256<float> sin, Vector256<float> cos) = SinCos(phi);
        Vector256<uint> swap = Vector256.Equals(angle & Vector256.Create(0x40000000u), Vector256.Create(0x40000000u));
        Vector256<float> first = Vector256.ConditionalSelect(swap.AsSingle(), sin, cos);
        Vector256<float> second = Vector256.ConditionalSelect(swap.AsSingle(), cos, sin);

        // Quadrants 0..3 are (cos, sin), (-sin, cos), (-cos, -sin), (sin, -cos): sign bits from the two high bits.
        Vector256<uint> sign = Vector256.Create(0x80000000u);
        Vector256<uint> flipFirst = (angle ^ (angle << 1)) & sign;
        Vector256<uint> flipSecond = angle & sign;
        return (r * (first.AsUInt32() ^ flipFirst).AsSingle(), r * (second.AsUInt32() ^ flipSecond).AsSingle());
    }

    // ln u = e ln 2 + 2 atanh(s) with u = 2^e m, m in [sqrt(1/2), sqrt(2)), s = (m - 1) / (m + 1), |s| < 0.172:
    // the series is cut where its next term is below 3e-9 of the sum.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Log(Vector256<float> u)
    {
        Vector256<int> bits = u.AsInt32();
        Vector256<int> exponent = (bits - Vector256.Create(SqrtHalfBits)) >> 23;
        Vector256<float> m = (bits - (exponent << 23)).AsSingle();
        Vector256<float> one = Vector256.Create(1f);
        Vector256<float> s = (m - one) / (m + one);
        Vector256<float> s2 = s * s;
        Vector256<float> series = s2 * Vector256.Create(1f / 9f) + Vector256.Create(1f / 7f);
        series = series * s2 + Vector256.Create(1f / 5f);
        series = series * s2 + Vector256.Create(1f / 3f);
        Vector256<float> logMantissa = s + s + (s + s) * (s2 * series);
        return Vector256.ConvertToSingle(exponent) * Vector256.Create(Ln2) + logMantissa;
    }

    // Taylor series on [-pi/4, pi/4]; the next terms are below 2e-9.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Sin, Vector256<float> Cos) SinCos(Vector256<float> x)
    {
        Vector256<float> x2 = x * x;
        Vector256<float> sin = x2 * Vector256.Create(1f / 362880f) + Vector256.Create(-1f / 5040f);
        sin = sin * x2 + Vector256.Create(1f / 120f);
        sin = sin * x2 + Vector256.Create(-1f / 6f);
        sin = x + x * (x2 * sin);
        Vector256<float> cos = x2 * Vector256.Create(-1f / 3628800f) + Vector256.Create(1f / 40320f);
        cos = cos * x2 + Vector256.Create(-1f / 720f);
        cos = cos * x2 + Vector256.Create(1f / 24f);
        cos = cos * x2 + Vector256.Create(-0.5f);
        cos = cos * x2 + Vector256.Create(1f);
        return (sin, cos);
    }
}
