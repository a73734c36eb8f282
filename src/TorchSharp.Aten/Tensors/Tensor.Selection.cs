using TorchSharp.Interop;

namespace TorchSharp;

// Gathering, scattering, masks.
public static partial class torch
{
    public static Tensor gather(Tensor input, long dim, Tensor index) => input.gather(dim, index);
    public static Tensor scatter(Tensor input, long dim, Tensor index, Tensor src) => input.scatter(dim, index, src);
    public static Tensor scatter_(Tensor input, long dim, Tensor index, Tensor src) => input.scatter_(dim, index, src);
    public static Tensor scatter_add(Tensor input, long dim, Tensor index, Tensor src) =>
        input.scatter_add(dim, index, src);
    public static Tensor scatter_add_(Tensor input, long dim, Tensor index, Tensor src) =>
        input.scatter_add_(dim, index, src);
    public static Tensor index_select(Tensor input, long dim, Tensor index) => input.index_select(dim, index);
    public static Tensor index_add(Tensor input, long dim, Tensor index, Tensor source, Scalar alpha) =>
        input.index_add(dim, index, source, alpha);
    public static Tensor index_add_(Tensor input, long dim, Tensor index, Tensor source, Scalar alpha) =>
        input.index_add_(dim, index, source, alpha);
    public static Tensor index_copy_(Tensor input, long dim, Tensor index, Tensor source) =>
        input.index_copy_(dim, index, source);
    public static Tensor index_fill_(Tensor input, long dim, Tensor index, Scalar value) =>
        input.index_fill_(dim, index, value);
    public static Tensor masked_select(Tensor input, Tensor mask) => input.masked_select(mask);
    public static Tensor nonzero(Tensor input) => input.nonzero();
    public static Tensor take(Tensor input, Tensor index) => input.take(index);

    public partial class Tensor
    {
        private static readonly Operator s_gather = Operator.Find("aten::gather");
        private static readonly Operator s_scatter_src = Operator.Find("aten::scatter", "src");
        private static readonly Operator s_scatter__src = Operator.Find("aten::scatter_", "src");
        private static readonly Operator s_scatter_add = Operator.Find("aten::scatter_add");
        private static readonly Operator s_scatter_add_ = Operator.Find("aten::scatter_add_");
        private static readonly Operator s_index_select = Operator.Find("aten::index_select");
        private static readonly Operator s_index_add = Operator.Find("aten::index_add");
        private static readonly Operator s_index_add_ = Operator.Find("aten::index_add_");
        private static readonly Operator s_index_copy_ = Operator.Find("aten::index_copy_");
        private static readonly Operator s_index_fill__int_Scalar = Operator.Find("aten::index_fill_", "int_Scalar");
        private static readonly Operator s_masked_fill_Scalar = Operator.Find("aten::masked_fill", "Scalar");
        private static readonly Operator s_masked_fill__Scalar = Operator.Find("aten::masked_fill_", "Scalar");
        private static readonly Operator s_masked_select = Operator.Find("aten::masked_select");
        private static readonly Operator s_nonzero = Operator.Find("aten::nonzero");
        private static readonly Operator s_take = Operator.Find("aten::take");

        public Tensor gather(long dim, Tensor index) => s_gather.Call(this, dim, index);
        public Tensor scatter(long dim, Tensor index, Tensor src) => s_scatter_src.Call(this, dim, index, src);
        public Tensor scatter_(long dim, Tensor index, Tensor src) =>
            s_scatter__src.CallInPlace(this, this, dim, index, src);
        public Tensor scatter_add(long dim, Tensor index, Tensor src) => s_scatter_add.Call(this, dim, index, src);
        public Tensor scatter_add_(long dim, Tensor index, Tensor src) =>
            s_scatter_add_.CallInPlace(this, this, dim, index, src);
        public Tensor index_select(long dim, Tensor index) => s_index_select.Call(this, dim, index);
        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha) =>
            s_index_add.Call(this, dim, index, source, alpha);
        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) =>
            s_index_add_.CallInPlace(this, this, dim, index, source, alpha);
        public Tensor index_copy_(long dim, Tensor index, Tensor source) =>
            s_index_copy_.CallInPlace(this, this, dim, index, source);
        public Tensor index_fill_(long dim, Tensor index, Scalar value) =>
            s_index_fill__int_Scalar.CallInPlace(this, this, dim, index, value);
        public Tensor masked_fill(Tensor mask, Scalar value) => s_masked_fill_Scalar.Call(this, mask, value);
        public Tensor masked_fill_(Tensor mask, Scalar value) =>
            s_masked_fill__Scalar.CallInPlace(this, this, mask, value);
        public Tensor masked_select(Tensor mask) => s_masked_select.Call(this, mask);
        public Tensor nonzero() => s_nonzero.Call(this);
        public Tensor take(Tensor index) => s_take.Call(this, index);
    }
}
