using TorchSharp.Interop;

namespace TorchSharp;

// Views, shapes and joins; a view shares memory with its source.
public static partial class torch
{
    public static Tensor broadcast_to(Tensor input, params long[] shape) => input.broadcast_to(shape);
    public static Tensor diag(Tensor input, long diagonal = 0) => input.diag(diagonal);
    public static Tensor diagonal(Tensor input, long offset = 0, long dim1 = 0, long dim2 = 1) =>
        input.diagonal(offset, dim1, dim2);
    public static Tensor flatten(Tensor input, long start_dim = 0, long end_dim = -1) =>
        input.flatten(start_dim, end_dim);
    public static Tensor flip(Tensor input, params long[] dims) => input.flip(dims);
    public static Tensor movedim(Tensor input, long[] source, long[] destination) => input.movedim(source, destination);
    public static Tensor narrow(Tensor input, long dim, long start, long length) => input.narrow(dim, start, length);
    public static Tensor permute(Tensor input, params long[] permutation) => input.permute(permutation);
    public static Tensor ravel(Tensor input) => input.ravel();
    public static Tensor repeat_interleave(Tensor input, long repeats, long? dim = null, long? output_size = null) =>
        input.repeat_interleave(repeats, dim, output_size);
    public static Tensor reshape(Tensor input, params long[] shape) => input.reshape(shape);
    public static Tensor roll(Tensor input, long shifts, long? dims = null) => input.roll(shifts, dims);
    public static Tensor roll(Tensor input, long[] shifts, long[] dims) => input.roll(shifts, dims);
    public static Tensor select(Tensor input, long dim, long index) => input.select(dim, index);
    public static Tensor swapaxes(Tensor input, long axis0, long axis1) => input.swapaxes(axis0, axis1);
    public static Tensor t(Tensor input) => input.t();
    public static Tensor tile(Tensor input, long[] dims) => input.tile(dims);
    public static Tensor transpose(Tensor input, long dim0, long dim1) => input.transpose(dim0, dim1);
    public static Tensor tril(Tensor input, long diagonal = 0) => input.tril(diagonal);
    public static Tensor triu(Tensor input, long diagonal = 0) => input.triu(diagonal);
    public static Tensor unsqueeze(Tensor input, long dim) => input.unsqueeze(dim);
    public static Tensor unsqueeze_(Tensor input, long dim) => input.unsqueeze_(dim);
    public static Tensor[] chunk(Tensor input, long chunks, long dim = 0) => input.chunk(chunks, dim);
    public static Tensor[] split(Tensor tensor, long[] split_size_or_sections, long dim = 0) =>
        tensor.split(split_size_or_sections, dim);
    public static Tensor[] unbind(Tensor input, long dim = 0) => input.unbind(dim);

    public partial class Tensor
    {
        private static readonly Operator s_alias = Operator.Find("aten::alias");
        private static readonly Operator s_as_strided = Operator.Find("aten::as_strided");
        private static readonly Operator s_broadcast_to = Operator.Find("aten::broadcast_to");
        private static readonly Operator s_expand = Operator.Find("aten::expand");
        private static readonly Operator s_expand_as = Operator.Find("aten::expand_as");
        private static readonly Operator s_contiguous = Operator.Find("aten::contiguous");
        private static readonly Operator s_diag = Operator.Find("aten::diag");
        private static readonly Operator s_diagonal = Operator.Find("aten::diagonal");
        private static readonly Operator s_flatten_using_ints = Operator.Find("aten::flatten", "using_ints");
        private static readonly Operator s_flip = Operator.Find("aten::flip");
        private static readonly Operator s_movedim_intlist = Operator.Find("aten::movedim", "intlist");
        private static readonly Operator s_narrow = Operator.Find("aten::narrow");
        private static readonly Operator s_permute = Operator.Find("aten::permute");
        private static readonly Operator s_ravel = Operator.Find("aten::ravel");
        private static readonly Operator s_repeat = Operator.Find("aten::repeat");
        private static readonly Operator s_repeat_interleave_self_int =
            Operator.Find("aten::repeat_interleave", "self_int");
        private static readonly Operator s_reshape = Operator.Find("aten::reshape");
        private static readonly Operator s_roll = Operator.Find("aten::roll");
        private static readonly Operator s_select_int = Operator.Find("aten::select", "int");
        private static readonly Operator s_slice_Tensor = Operator.Find("aten::slice", "Tensor");
        private static readonly Operator s_swapaxes = Operator.Find("aten::swapaxes");
        private static readonly Operator s_t = Operator.Find("aten::t");
        private static readonly Operator s_tile = Operator.Find("aten::tile");
        private static readonly Operator s_transpose_int = Operator.Find("aten::transpose", "int");
        private static readonly Operator s_tril = Operator.Find("aten::tril");
        private static readonly Operator s_triu = Operator.Find("aten::triu");
        private static readonly Operator s_unfold = Operator.Find("aten::unfold");
        private static readonly Operator s_unsqueeze = Operator.Find("aten::unsqueeze");
        private static readonly Operator s_unsqueeze_ = Operator.Find("aten::unsqueeze_");
        private static readonly Operator s_view = Operator.Find("aten::view");
        private static readonly Operator s_view_as = Operator.Find("aten::view_as");
        private static readonly Operator s_chunk = Operator.Find("aten::chunk");
        private static readonly Operator s_split_Tensor = Operator.Find("aten::split", "Tensor");
        private static readonly Operator s_split_with_sizes = Operator.Find("aten::split_with_sizes");
        private static readonly Operator s_unbind_int = Operator.Find("aten::unbind", "int");

        public Tensor alias() => s_alias.Call(this);
        public Tensor as_strided(long[] size, long[] strides, long storageOffset = 0) =>
            s_as_strided.Call(this, size, strides, storageOffset);
        public Tensor broadcast_to(params long[] shape) => s_broadcast_to.Call(this, shape);
        public Tensor expand(params long[] sizes) => s_expand.Call(this, sizes);
        public Tensor expand(long[] sizes, bool isImplicit = false) => s_expand.Call(this, sizes, isImplicit);
        public Tensor expand_as(Tensor other) => s_expand_as.Call(this, other);
        public Tensor contiguous() => s_contiguous.Call(this);
        public Tensor diag(long diagonal = 0) => s_diag.Call(this, diagonal);
        public Tensor diagonal(long offset = 0, long dim1 = 0, long dim2 = 1) =>
            s_diagonal.Call(this, offset, dim1, dim2);
        public Tensor flatten(long start_dim = 0, long end_dim = -1) =>
            s_flatten_using_ints.Call(this, start_dim, end_dim);
        public Tensor flip(params long[] dims) => s_flip.Call(this, dims);
        public Tensor movedim(long[] source, long[] destination) => s_movedim_intlist.Call(this, source, destination);
        public Tensor narrow(long dim, long start, long length) => s_narrow.Call(this, dim, start, length);
        public Tensor permute(params long[] permutation) => s_permute.Call(this, permutation);
        public Tensor ravel() => s_ravel.Call(this);
        public Tensor repeat(params long[] sizes) => s_repeat.Call(this, sizes);
        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) =>
            s_repeat_interleave_self_int.Call(this, repeats, dim);
        public Tensor reshape(params long[] shape) => s_reshape.Call(this, shape);
        public Tensor roll(long shifts, long? dims = null) =>
            s_roll.Call(this, shifts, dims is long given ? new[] { given } : []);
        public Tensor roll(long[] shifts, long[] dims) => s_roll.Call(this, shifts, dims);
        public Tensor select(long dim, long index) => s_select_int.Call(this, dim, index);
        public Tensor slice(long dim, long start, long finish, long step) =>
            s_slice_Tensor.Call(this, dim, start, finish, step);
        public Tensor swapaxes(long dim0, long dim1) => s_swapaxes.Call(this, dim0, dim1);
        public Tensor t() => s_t.Call(this);
        public Tensor tile(long[] reps) => s_tile.Call(this, reps);
        public Tensor transpose(long dim0, long dim1) => s_transpose_int.Call(this, dim0, dim1);
        public Tensor tril(long diagonal = 0) => s_tril.Call(this, diagonal);
        public Tensor triu(long diagonal = 0) => s_triu.Call(this, diagonal);
        public Tensor unfold(long dimension, long size, long step) => s_unfold.Call(this, dimension, size, step);
        public Tensor unsqueeze(long dim) => s_unsqueeze.Call(this, dim);
        public Tensor unsqueeze_(long dim) => s_unsqueeze_.CallInPlace(this, this, dim);
        public Tensor view(params long[] shape) => s_view.Call(this, shape);
        public Tensor view_as(Tensor other) => s_view_as.Call(this, other);
        public Tensor[] chunk(long chunks, long dim = 0) => s_chunk.CallMany(this, chunks, dim);
        public Tensor[] split(long size, int dim = 0) => s_split_Tensor.CallMany(this, size, (long)dim);
        public Tensor[] split(long[] sizes, long dim = 0) => s_split_with_sizes.CallMany(this, sizes, dim);
        public Tensor[] unbind(long dimension = 0) => s_unbind_int.CallMany(this, dimension);
    }
}
