namespace Diffusion.Sdk.Tests.Numerics;

/// <summary>
/// The SDK's Box-Muller in plain float arithmetic, operation by operation: what every vector width must equal.
/// </summary>
internal static class ScalarBoxMuller
{
    public static (float First, float Second) Transform(uint radius, uint angle)
    {
        float u = ((int)(radius >> 1) + 0.5f) * 4.656612873077393e-10f;
        float r = MathF.Sqrt(-2f * Log(u));
        (float sin, float cos) = SinCos((int)(angle << 2) * 3.6572951e-10f);
        return (angle >> 30) switch
        {
            0 => (r * cos, r * sin),
            1 => (r * -sin, r * cos),
            2 => (r * -cos, r * -sin),
            _ => (r * sin, r * -cos),
        };
    }

    private static float Log(float u)
    {
        int bits = BitConverter.SingleToInt32Bits(u);
        int exponent = (bits - 0x3F3504F3) >> 23;
        float m = BitConverter.Int32BitsToSingle(bits - (exponent << 23));
        float s = (m - 1f) / (m + 1f);
        float s2 = s * s;
        float series = s2 * (1f / 9f);
        series += 1f / 7f;
        series *= s2;
        series += 1f / 5f;
        series *= s2;
        series += 1f / 3f;
        float logMantissa = s + s + (s + s) * (s2 * series);
        return exponent * 0.693147180559945f + logMantissa;
    }

    private static (float Sin, float Cos) SinCos(float x)
    {
        float x2 = x * x;
        float sin = x2 * (1f / 362880f) + -1f / 5040f;
        sin = sin * x2 + 1f / 120f;
        sin = sin * x2 + -1f / 6f;
        sin = x + x * (x2 * sin);
        float cos = x2 * (-1f / 3628800f) + 1f / 40320f;
        cos = cos * x2 + -1f / 720f;
        cos = cos * x2 + 1f / 24f;
        cos = cos * x2 + -0.5f;
        cos = cos * x2 + 1f;
        return (sin, cos);
    }
}
