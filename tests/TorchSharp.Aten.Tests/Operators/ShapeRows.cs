using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Operators;

internal sealed class ShapeRows : OperatorRows
{
    public static readonly ShapeRows All = new()
    {
        { "reshape", a => reshape(a, [4, -1]) },
        { "view", a => a.view([6, 4]) },
        { "view_as", (a, b) => a.view_as(b.detach()) },
        { "flatten", a => flatten(a, 1) },
        { "unflatten", a => a.unflatten(1, [2, 3]) },
        { "ravel", a => ravel(a) },
        { "squeeze", a => a.squeeze() },
        { "squeeze dim", a => a.squeeze(1) },
        { "unsqueeze", a => unsqueeze(a, 1) },
        { "unsqueeze_", a => unsqueeze_(a.clone(), 0) },
        { "transpose", a => transpose(a, 0, 2) },
        { "swapaxes", a => swapaxes(a, 0, 1) },
        { "t", a => t(a) },
        { "permute", a => permute(a, [2, 0, 1]) },
        { "permute enumerable", a => a.permute(new List<long> { 1, 0 }) },
        { "movedim", a => movedim(a, [0], [2]) },
        { "expand", a => a.expand([2, 3, 4]) },
        { "expand implicit", a => a.expand([3, 4], false) },
        { "expand_as", (a, b) => a.expand_as(b.detach()) },
        { "broadcast_to", a => broadcast_to(a, [2, 3, 4]) },
        { "repeat", a => a.repeat([2, 1, 2]) },
        { "repeat_interleave", a => repeat_interleave(a, 2, dim: 1) },
        { "tile", a => tile(a, [2, 2]) },
        { "flip", a => flip(a, [0, 1]) },
        { "roll", a => roll(a, 1, 1) },
        { "roll dims", a => roll(a, [1, 1], [0, 1]) },
        { "unfold", a => a.unfold(1, 3, 2) },
        { "as_strided", a => a.as_strided([2, 3], [1, 4], 1) },
        { "contiguous", a => a.t().contiguous() },
        { "alias", a => a.alias() },
        { "cat", (a, b) => cat([a, b], 0) },
        { "concat", (a, b) => concat([a, b], 1) },
        { "stack", (a, b) => stack([a, b], 1) },
        { "chunk", a => chunk(a, 2, 0) },
        { "split sizes", a => split(a, [2, 3], 0) },
        { "split size", a => a.split(2, 0) },
        { "unbind", a => unbind(a, 1) },
        { "meshgrid", (a, b) => meshgrid([a, b], "ij") },
    };
}
