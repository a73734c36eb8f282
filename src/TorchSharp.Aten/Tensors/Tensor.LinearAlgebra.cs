using TorchSharp.Interop;

namespace TorchSharp;

// Products, decompositions.
public static partial class torch
{
    public static Tensor addmm(Tensor input, Tensor mat1, Tensor mat2, float beta, float alpha) =>
        input.addmm(mat1, mat2, beta, alpha);
    public static Tensor addmm_(Tensor input, Tensor mat1, Tensor mat2, float beta, float alpha) =>
        input.addmm_(mat1, mat2, beta, alpha);
    public static Tensor baddbmm(Tensor input, Tensor batch1, Tensor batch2, float beta = 1f, float alpha = 1f) =>
        input.baddbmm(batch1, batch2, beta, alpha);
    public static Tensor bmm(Tensor input, Tensor batch2) => input.bmm(batch2);
    public static Tensor cholesky(Tensor input, bool upper) => input.cholesky(upper);
    public static Tensor det(Tensor input) => input.det();
    public static Tensor logdet(Tensor input) => input.logdet();
    public static Tensor dot(Tensor input, Tensor other) => input.dot(other);
    public static Tensor inner(Tensor input, Tensor vec2) => input.inner(vec2);
    public static Tensor inverse(Tensor input) => input.inverse();
    public static Tensor kron(Tensor input, Tensor other) => input.kron(other);
    public static Tensor matmul(Tensor input, Tensor target) => input.matmul(target);
    public static Tensor mm(Tensor input, Tensor target) => input.mm(target);
    public static Tensor mv(Tensor input, Tensor target) => input.mv(target);
    public static Tensor outer(Tensor input, Tensor vec2) => input.outer(vec2);
    public static Tensor pinverse(Tensor input, double rcond = 1e-15, bool hermitian = false) =>
        input.pinverse(rcond, hermitian);
    public static Tensor trace(Tensor input) => input.trace();

    public partial class Tensor
    {
        private static readonly Operator s_addmm = Operator.Find("aten::addmm");
        private static readonly Operator s_addmm_ = Operator.Find("aten::addmm_");
        private static readonly Operator s_baddbmm = Operator.Find("aten::baddbmm");
        private static readonly Operator s_bmm = Operator.Find("aten::bmm");
        private static readonly Operator s_cholesky = Operator.Find("aten::cholesky");
        private static readonly Operator s_det = Operator.Find("aten::det");
        private static readonly Operator s_logdet = Operator.Find("aten::logdet");
        private static readonly Operator s_dot = Operator.Find("aten::dot");
        private static readonly Operator s_inner = Operator.Find("aten::inner");
        private static readonly Operator s_inverse = Operator.Find("aten::inverse");
        private static readonly Operator s_kron = Operator.Find("aten::kron");
        private static readonly Operator s_matmul = Operator.Find("aten::matmul");
        private static readonly Operator s_mm = Operator.Find("aten::mm");
        private static readonly Operator s_mv = Operator.Find("aten::mv");
        private static readonly Operator s_outer = Operator.Find("aten::outer");
        private static readonly Operator s_linalg_pinv = Operator.Find("aten::linalg_pinv");
        private static readonly Operator s_trace = Operator.Find("aten::trace");

        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1f, float alpha = 1f) =>
            s_addmm.Call(this, mat1, mat2, (double)beta, (double)alpha);
        public Tensor addmm_(Tensor mat1, Tensor mat2, float beta = 1f, float alpha = 1f) =>
            s_addmm_.CallInPlace(this, this, mat1, mat2, (double)beta, (double)alpha);
        public Tensor baddbmm(Tensor batch1, Tensor batch2, float beta = 1f, float alpha = 1f) =>
            s_baddbmm.Call(this, batch1, batch2, (double)beta, (double)alpha);
        public Tensor bmm(Tensor batch2) => s_bmm.Call(this, batch2);
        public Tensor cholesky(bool upper = false) => s_cholesky.Call(this, upper);
        public Tensor det() => s_det.Call(this);
        public Tensor logdet() => s_logdet.Call(this);
        public Tensor dot(Tensor target) => s_dot.Call(this, target);
        public Tensor inner(Tensor vec2) => s_inner.Call(this, vec2);
        public Tensor inverse() => s_inverse.Call(this);
        public Tensor kron(Tensor other) => s_kron.Call(this, other);
        public Tensor matmul(Tensor target) => s_matmul.Call(this, target);
        public Tensor mm(Tensor target) => s_mm.Call(this, target);
        public Tensor mv(Tensor target) => s_mv.Call(this, target);
        public Tensor outer(Tensor vec2) => s_outer.Call(this, vec2);
        public Tensor pinverse(double rcond = 1e-15, bool hermitian = false) =>
            s_linalg_pinv.Call(this, rcond, hermitian);
        public Tensor trace() => s_trace.Call(this);
    }
}
