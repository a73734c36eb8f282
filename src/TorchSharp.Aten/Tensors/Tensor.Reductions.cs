using TorchSharp.Interop;

namespace TorchSharp;

// Sums, means, extremes, order: reductions over all or some dimensions.
public static partial class torch
{
    public static Tensor all(Tensor input) => input.all();
    public static Tensor all(Tensor input, long dim, bool keepdim = false) => input.all(dim, keepdim);
    public static Tensor any(Tensor input) => input.any();
    public static Tensor any(Tensor input, long dim, bool keepdim = false) => input.any(dim, keepdim);
    public static Tensor amax(Tensor input, long[] dims, bool keepdim = false, Tensor? @out = null) =>
        input.amax(dims, keepdim, @out);
    public static Tensor amin(Tensor input, long[] dims, bool keepdim = false, Tensor? @out = null) =>
        input.amin(dims, keepdim, @out);
    public static Tensor argmax(Tensor input) => input.argmax();
    public static Tensor argmax(Tensor input, long dim, bool keepdim = false) => input.argmax(dim, keepdim);
    public static Tensor argmin(Tensor input) => input.argmin();
    public static Tensor argmin(Tensor input, long dim, bool keepdim = false) => input.argmin(dim, keepdim);
    public static Tensor argsort(Tensor input, long dim = -1, bool descending = false) =>
        input.argsort(dim, descending);
    public static Tensor max(Tensor input) => input.max();
    public static Tensor min(Tensor input) => input.min();
    public static (Tensor, Tensor) max(Tensor input, long dim, bool keepdim = false) => input.max(dim, keepdim);
    public static (Tensor, Tensor) min(Tensor input, long dim, bool keepdim = false) => input.min(dim, keepdim);
    public static Tensor median(Tensor input) => input.median();
    public static Tensor mean(Tensor input) => input.mean();
    public static Tensor mean(Tensor input, long[] dimensions, bool keepdim = false, ScalarType? type = null) =>
        input.mean(dimensions, keepdim, type);
    public static Tensor sum(Tensor input, ScalarType? type = null) => input.sum(type);
    public static Tensor sum(Tensor input, long dim, bool keepdim = false, ScalarType? type = null) =>
        input.sum(dim, keepdim, type);
    public static Tensor prod(Tensor input, ScalarType? type = null) => input.prod(type);
    public static Tensor prod(Tensor input, long dim, bool keepdim = false, ScalarType? type = null) =>
        input.prod(dim, keepdim, type);
    public static Tensor cumsum(Tensor input, long dim, ScalarType? type = null) => input.cumsum(dim, type);
    public static Tensor cumprod(Tensor input, long dim, ScalarType? dtype = null) => input.cumprod(dim, dtype);
    public static Tensor logsumexp(Tensor input, long dim, bool keepdim = false) => input.logsumexp(dim, keepdim);
    public static Tensor norm(Tensor input, float p = 2f) => input.norm(p);
    public static Tensor norm(Tensor input, int dimension, bool keepdim = false, float p = 2f) =>
        input.norm(dimension, keepdim, p);
    public static Tensor std(Tensor input, bool unbiased = true) => input.std(unbiased);
    public static Tensor std(
        Tensor input, long dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
        input.std(dimensions, unbiased, keepdim, type);
    public static Tensor std(
        Tensor input, long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
        input.std(dimensions, unbiased, keepdim, type);
    public static Tensor var(Tensor input, bool unbiased = true) => input.var(unbiased);
    public static Tensor var(
        Tensor input, long dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
        input.var(dimensions, unbiased, keepdim, type);
    public static Tensor var(
        Tensor input, long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
        input.var(dimensions, unbiased, keepdim, type);
    public static Tensor quantile(Tensor input, Tensor q, long dim = -1, bool keepdim = false) =>
        input.quantile(q, dim, keepdim);
    public static (Tensor, Tensor) sort(Tensor input, long dim = -1, bool descending = false, bool stable = false) =>
        input.sort(dim, descending, stable);
    public static (Tensor, Tensor) topk(Tensor tensor, int k, int dim = -1, bool largest = true, bool sorted = true) =>
        tensor.topk(k, dim, largest, sorted);
    public static Tensor histc(Tensor input, long bins = 100, long min = 0, long max = 0) =>
        input.histc(bins, min, max);
    public static Tensor count_nonzero(Tensor input, long[]? dims = null) => input.count_nonzero(dims);
    public static Tensor bincount(Tensor input, Tensor? weights = null, long minlength = 0) =>
        input.bincount(weights, minlength);

    public partial class Tensor
    {
        private static readonly Operator s_all = Operator.Find("aten::all");
        private static readonly Operator s_all_dim = Operator.Find("aten::all", "dim");
        private static readonly Operator s_any = Operator.Find("aten::any");
        private static readonly Operator s_any_dim = Operator.Find("aten::any", "dim");
        private static readonly Operator s_amax = Operator.Find("aten::amax");
        private static readonly Operator s_amax_out = Operator.Find("aten::amax", "out");
        private static readonly Operator s_amin = Operator.Find("aten::amin");
        private static readonly Operator s_amin_out = Operator.Find("aten::amin", "out");
        private static readonly Operator s_argmax = Operator.Find("aten::argmax");
        private static readonly Operator s_argmin = Operator.Find("aten::argmin");
        private static readonly Operator s_argsort = Operator.Find("aten::argsort");
        private static readonly Operator s_max = Operator.Find("aten::max");
        private static readonly Operator s_min = Operator.Find("aten::min");
        private static readonly Operator s_max_dim = Operator.Find("aten::max", "dim");
        private static readonly Operator s_min_dim = Operator.Find("aten::min", "dim");
        private static readonly Operator s_median = Operator.Find("aten::median");
        private static readonly Operator s_mean = Operator.Find("aten::mean");
        private static readonly Operator s_mean_dim = Operator.Find("aten::mean", "dim");
        private static readonly Operator s_sum = Operator.Find("aten::sum");
        private static readonly Operator s_sum_dim_IntList = Operator.Find("aten::sum", "dim_IntList");
        private static readonly Operator s_prod = Operator.Find("aten::prod");
        private static readonly Operator s_prod_dim_int = Operator.Find("aten::prod", "dim_int");
        private static readonly Operator s_cumsum = Operator.Find("aten::cumsum");
        private static readonly Operator s_cumprod = Operator.Find("aten::cumprod");
        private static readonly Operator s_logsumexp = Operator.Find("aten::logsumexp");
        private static readonly Operator s_norm_Scalar = Operator.Find("aten::norm", "Scalar");
        private static readonly Operator s_norm_ScalarOpt_dim = Operator.Find("aten::norm", "ScalarOpt_dim");
        private static readonly Operator s_std = Operator.Find("aten::std");
        private static readonly Operator s_std_dim = Operator.Find("aten::std", "dim");
        private static readonly Operator s_var = Operator.Find("aten::var");
        private static readonly Operator s_var_dim = Operator.Find("aten::var", "dim");
        private static readonly Operator s_quantile = Operator.Find("aten::quantile");
        private static readonly Operator s_sort_stable = Operator.Find("aten::sort", "stable");
        private static readonly Operator s_topk = Operator.Find("aten::topk");
        private static readonly Operator s_histc = Operator.Find("aten::histc");
        private static readonly Operator s_count_nonzero_dim_IntList =
            Operator.Find("aten::count_nonzero", "dim_IntList");
        private static readonly Operator s_bincount = Operator.Find("aten::bincount");

        public Tensor all() => s_all.Call(this);
        public Tensor all(long dim, bool keepdim = false) => s_all_dim.Call(this, dim, keepdim);
        public Tensor any() => s_any.Call(this);
        public Tensor any(long dim, bool keepdim = false) => s_any_dim.Call(this, dim, keepdim);
        public Tensor amax(long[] dims, bool keepdim = false, Tensor? @out = null) =>
            @out is null ? s_amax.Call(this, dims, keepdim) : s_amax_out.CallInPlace(@out, this, dims, keepdim, @out);
        public Tensor amin(long[] dims, bool keepdim = false, Tensor? @out = null) =>
            @out is null ? s_amin.Call(this, dims, keepdim) : s_amin_out.CallInPlace(@out, this, dims, keepdim, @out);
        public Tensor argmax() => s_argmax.Call(this);
        public Tensor argmax(long dim, bool keepdim = false) => s_argmax.Call(this, dim, keepdim);
        public Tensor argmin() => s_argmin.Call(this);
        public Tensor argmin(long dim, bool keepdim = false) => s_argmin.Call(this, dim, keepdim);
        public Tensor argsort(long dim = -1, bool descending = false) => s_argsort.Call(this, dim, descending);
        public Tensor max() => s_max.Call(this);
        public Tensor min() => s_min.Call(this);
        public (Tensor, Tensor) max(long dim, bool keepdim = false) => Two(s_max_dim.CallMany(this, dim, keepdim));
        public (Tensor, Tensor) min(long dim, bool keepdim = false) => Two(s_min_dim.CallMany(this, dim, keepdim));
        public Tensor median() => s_median.Call(this);
        public Tensor mean() => s_mean.Call(this);
        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) =>
            s_mean_dim.Call(this, dimensions, keepdim, type);
        public Tensor sum(ScalarType? type = null) => s_sum.Call(this, type);
        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) =>
            s_sum_dim_IntList.Call(this, new[] { dim }, keepdim, type);
        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) =>
            s_sum_dim_IntList.Call(this, dim, keepdim, type);
        public Tensor prod(ScalarType? type = null) => s_prod.Call(this, type);
        public Tensor prod(long dim, bool keepdim = false, ScalarType? type = null) =>
            s_prod_dim_int.Call(this, dim, keepdim, type);
        public Tensor cumsum(long dim, ScalarType? type = null) => s_cumsum.Call(this, dim, type);
        public Tensor cumprod(long dim, ScalarType? type = null) => s_cumprod.Call(this, dim, type);
        public Tensor logsumexp(long dim, bool keepdim = false) => s_logsumexp.Call(this, new[] { dim }, keepdim);
        public Tensor norm(float p = 2f) => s_norm_Scalar.Call(this, (double)p);
        public Tensor norm(int dim, bool keepdim = false, float p = 2f) =>
            s_norm_ScalarOpt_dim.Call(this, (double)p, new[] { (long)dim }, keepdim);
        public Tensor std(bool unbiased = true) => s_std.Call(this, unbiased);
        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            s_std_dim.Call(this, new[] { dim }, unbiased, keepdim);
        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            s_std_dim.Call(this, dimensions, unbiased, keepdim);
        public Tensor var(bool unbiased = true) => s_var.Call(this, unbiased);
        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            s_var_dim.Call(this, new[] { dim }, unbiased, keepdim);
        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            s_var_dim.Call(this, dimensions, unbiased, keepdim);
        public Tensor quantile(Tensor q, long dim = -1, bool keepdim = false) => s_quantile.Call(this, q, dim, keepdim);
        public (Tensor, Tensor) sort(long dim = -1, bool descending = false, bool stable = false) =>
            Two(s_sort_stable.CallMany(this, stable, dim, descending));
        public (Tensor, Tensor) topk(int k, int dim = -1, bool largest = true, bool sorted = true) =>
            Two(s_topk.CallMany(this, (long)k, (long)dim, largest, sorted));
        public Tensor histc(long bins = 100, long min = 0, long max = 0) =>
            s_histc.Call(this, bins, (Scalar)min, (Scalar)max);
        public Tensor count_nonzero(long[]? dims = null) => s_count_nonzero_dim_IntList.Call(this, dims ?? []);
        public Tensor bincount(Tensor? weights, long minlength = 0) => s_bincount.Call(this, weights, minlength);
    }
}
