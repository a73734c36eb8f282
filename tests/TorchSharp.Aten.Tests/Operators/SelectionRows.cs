using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Operators;

internal sealed class SelectionRows : OperatorRows
{
    public static readonly SelectionRows All = new()
    {
        { "gather", (a, b) => gather(a, 0, b) },
        { "take", (a, b) => take(a, b) },
        { "index_select", (a, b) => index_select(a, 1, b) },
        { "index_add", (a, b, c) => index_add(a, 0, b, c, alpha: 0.5) },
        { "index_add_", (a, b, c) => index_add_(a.clone(), 0, b, c, alpha: 0.5) },
        { "index_copy_", (a, b, c) => index_copy_(a.clone(), 0, b, c) },
        { "index_fill_", (a, b) => index_fill_(a.clone(), 1, b, 9.0) },
        { "index tensors", (a, b, c) => a.index(b, c) },
        {
            "index",
            a => a.index(TensorIndex.Single(1), TensorIndex.Ellipsis, TensorIndex.None, TensorIndex.Slice(1, 4, 2))
        },
        { "indexer", a => a[-1, 1.., ..2] },
        { "indexer from end", a => a[TensorIndex.Colon, ^2] },
        { "indexer mask", (a, b) => a[TensorIndex.Tensor(b)] },
        { "indexer set", (a, b) => Put(a.clone(), t => t[1] = b) },
        { "index_put_ tensors", (a, b, c) => a.clone().index_put_(c, b) },
        { "index_put_ slices", (a, b) => a.clone().index_put_(b, TensorIndex.Colon, TensorIndex.Single(1)) },
        { "index_put_ scalar", a => a.clone().index_put_((Scalar)5.0, TensorIndex.Slice(0, 2)) },
        { "masked_select", (a, b) => masked_select(a, b) },
        { "nonzero", a => nonzero(a) },
        { "scatter", (a, b, c) => scatter(a, 0, argsort(b, 0), c) },
        { "scatter_", (a, b, c) => scatter_(a.clone(), 0, b, c) },
        { "scatter_add", (a, b, c) => scatter_add(a, 0, b, c) },
        { "scatter_add_", (a, b, c) => scatter_add_(a.clone(), 0, b, c) },
        { "select", a => select(a, 1, 2) },
        { "narrow", a => narrow(a, 1, 1, 2) },
        { "slice", a => a.slice(1, 1, 7, 2) },
        { "sort", a => Both(sort(a, 1, true)) },
        { "argsort", a => argsort(a, 0, true) },
        { "topk", a => Both(topk(a, 2, 1, true, true)) },
        { "searchsorted", (a, b) => searchsorted(a, b, right: true) },
        { "tril", a => tril(a, 1) },
        { "triu", a => triu(a, -1) },
        { "diag", a => diag(a, 1) },
        { "diagonal", a => diagonal(a, 1, 0, 2) },
    };
}
