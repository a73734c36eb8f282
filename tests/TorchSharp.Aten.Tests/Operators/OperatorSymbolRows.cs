using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Operators;

internal sealed class OperatorSymbolRows : OperatorRows
{
    public static readonly OperatorSymbolRows All = new()
    {
        { "op +", (a, b) => a + b },
        {
            "op + scalars",
            a => a + 1.5 + 2 + 2L + 1.5f + (
                3.5 + a) + (4 + a) + (1L + a) + (2.5f + a) + ((Scalar)1 + a) + (a + (Scalar)1) - 10
        },
        { "op -", (a, b) => a - b },
        {
            "op - scalars",
            a => a - 1.5 - 2 - 2L - 1.5f - (Scalar)1 - (3.5 - a) - (4 - a) - (1L - a) - (2.5f - a) - ((Scalar)1 - a)
        },
        { "op *", (a, b) => a * b },
        {
            "op * scalars",
            a => a * 1.5 * 2 * 2L * 1.5f * (Scalar)2 + (3.5 * a) * (2 * a) * (3L * a) * (0.5f * a) * ((Scalar)2 * a)
        },
        { "op /", (a, b) => a / b },
        {
            "op / scalars",
            a => a / 1.5 / 2 / 2L / 1.5f / (Scalar)2 + 3.5 / a + 2 / a + 3L / a + 0.5f / a + (Scalar)2 / a
        },
        { "op %", (a, b) => a % b },
        { "op % scalar", a => a % (Scalar)0.4 },
        { "op unary -", a => -a },
        { "op comparisons", (a, b) => stack([a < b, a <= b, a > b, a >= b, a == b, a != b]) },
        { "op comparisons scalar", a => stack([a < 0.5, a <= 0.5, a > 0.5, a >= 0.5, a == 0.5, a != 0.5]) },
        { "op logic", (a, b) => stack([a & b, a | b, ~a]) },
    };
}
