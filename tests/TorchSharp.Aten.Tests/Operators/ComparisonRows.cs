using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Operators;

internal sealed class ComparisonRows : OperatorRows
{
    public static readonly ComparisonRows All = new()
    {
        { "eq", (a, b) => eq(a, b) },
        { "ne", (a, b) => ne(a, b) },
        { "lt", (a, b) => lt(a, b) },
        { "le", (a, b) => le(a, b) },
        { "gt", (a, b) => gt(a, b) },
        { "ge", (a, b) => ge(a, b) },
        { "comparisons scalar", a => stack([a.eq(0.5), a.ne(0.5), a.lt(0.5), a.le(0.5), a.gt(0.5), a.ge(0.5)]) },
        { "isclose", (a, b) => isclose(a, b, 1e-3, 1e-8, true) },
        { "isnan isinf isfinite", a => stack([isnan(a), isinf(a), isfinite(a)]) },
        { "logical_and", (a, b) => logical_and(a, b) },
        { "logical_or", (a, b) => logical_or(a, b) },
        { "logical_xor", (a, b) => logical_xor(a, b) },
        { "logical_not", a => logical_not(a) },
    };
}
