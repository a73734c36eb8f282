using TorchSharp.Interop;

namespace TorchSharp;

// Operators whose TorchSharp form is not one call of one schema.
public static partial class torch
{
    private static readonly Operator s_cat = Operator.Find("aten::cat");
    private static readonly Operator s_stack = Operator.Find("aten::stack");
    private static readonly Operator s_where = Operator.Find("aten::where", "self");
    private static readonly Operator s_einsum = Operator.Find("aten::einsum");
    private static readonly Operator s_cdist = Operator.Find("aten::cdist");
    private static readonly Operator s_meshgrid = Operator.Find("aten::meshgrid", "indexing");
    private static readonly Operator s_searchsorted = Operator.Find("aten::searchsorted", "Tensor");

    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => s_cat.Call(tensors.ToArray(), dim);

    public static Tensor concat(IList<Tensor> tensors, long dim = 0) => cat(tensors, dim);

    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => s_stack.Call(tensors.ToArray(), dim);

    public static Tensor where(Tensor condition, Tensor x, Tensor y) => s_where.Call(condition, x, y);

    public static Tensor einsum(string equation, params Tensor[] tensors) => s_einsum.Call(equation, tensors);

    public static Tensor cdist(
        Tensor x1, Tensor x2, double p = 2,
        compute_mode compute_mode = compute_mode.use_mm_for_euclid_dist_if_necessary) =>
        s_cdist.Call(x1, x2, p, (long)compute_mode);

    public static Tensor[] meshgrid(IEnumerable<Tensor> tensors, string indexing = "ij") =>
        s_meshgrid.CallMany(tensors.ToArray(), indexing);

    public static Tensor searchsorted(
        Tensor sorted_sequence, Tensor values, bool out_int32 = false, bool right = false, Tensor? sorter = null) =>
        s_searchsorted.Call(sorted_sequence, values, out_int32, right, Argument.None, sorter);

    private static string? Rounding(RoundingMode mode) => mode == RoundingMode.None ? null : mode.ToString();

    private static (Tensor, Tensor) Two(Tensor[] tensors) => (tensors[0], tensors[1]);

    public partial class Tensor
    {
        private static readonly Operator s_squeeze = Operator.Find("aten::squeeze");
        private static readonly Operator s_squeeze_dim = Operator.Find("aten::squeeze", "dim");
        private static readonly Operator s_permute_any = Operator.Find("aten::permute");

        public Tensor squeeze(long? dim = null) =>
            dim is long given ? s_squeeze_dim.Call(this, given) : s_squeeze.Call(this);

        public Tensor where(Tensor condition, Tensor y) => torch.where(condition, this, y);

        public Tensor permute(IEnumerable<long> permutation) => s_permute_any.Call(this, permutation.ToArray());

        /// <summary>Splits one dimension into several; one size may be -1.</summary>
        public Tensor unflatten(long dim, params long[] sizes)
        {
            long[] shape = this.shape;
            long at = dim < 0 ? dim + shape.Length : dim;
            return reshape([.. shape[..(int)at], .. sizes, .. shape[(int)(at + 1)..]]);
        }
    }
}
