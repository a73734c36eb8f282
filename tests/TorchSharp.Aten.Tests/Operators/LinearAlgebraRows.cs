using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Operators;

internal sealed class LinearAlgebraRows : OperatorRows
{
    public static readonly LinearAlgebraRows All = new()
    {
        { "matmul", (a, b) => matmul(a, b) },
        { "mm", (a, b) => mm(a, b) },
        { "bmm", (a, b) => bmm(a, b) },
        { "mv", (a, b) => mv(a, b) },
        { "dot", (a, b) => dot(a, b) },
        { "outer", (a, b) => outer(a, b) },
        { "inner", (a, b) => inner(a, b) },
        { "kron", (a, b) => kron(a, b) },
        { "addmm", (a, b, c) => addmm(a, b, c, beta: 0.5f, alpha: 2) },
        { "addmm_", (a, b, c) => addmm_(a.clone(), b, c, 0.5f, 2) },
        { "baddbmm", (a, b, c) => baddbmm(a, b, c, beta: 0.5f, alpha: 2) },
        { "einsum", (a, b) => einsum("bij,bjk->bik", a, b) },
        { "cdist", (a, b) => cdist(a, b) },
        { "det", a => det(a) },
        { "logdet", a => logdet(a.matmul(a.t()) + eye(3, dtype: ScalarType.Float64)) },
        { "inverse", a => inverse(a) },
        { "pinverse", a => pinverse(a) },
        { "linalg.qr", a => Both(linalg.qr(a)) },
        { "linalg.qr complete", a => Both(linalg.qr(a.detach(), linalg.QRMode.Complete)) },
        { "linalg.qr r", a => linalg.qr(a.detach(), linalg.QRMode.R).Item2 },
        { "linalg.svdvals", a => linalg.svdvals(a) },
        { "cholesky", a => cholesky(a.matmul(a.t()) + eye(3, dtype: ScalarType.Float64), false) },
    };
}
