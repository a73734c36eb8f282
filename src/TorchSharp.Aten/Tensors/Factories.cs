using TorchSharp.Interop;

namespace TorchSharp;

// Tensors from sizes and rules.
public static partial class torch
{
    private static readonly Operator s_empty = Operator.Find("aten::empty", "memory_format");
    private static readonly Operator s_zeros = Operator.Find("aten::zeros");
    private static readonly Operator s_ones = Operator.Find("aten::ones");
    private static readonly Operator s_full = Operator.Find("aten::full");
    private static readonly Operator s_rand = Operator.Find("aten::rand", "generator");
    private static readonly Operator s_randn = Operator.Find("aten::randn", "generator");
    private static readonly Operator s_randint = Operator.Find("aten::randint", "low_generator");
    private static readonly Operator s_randperm = Operator.Find("aten::randperm", "generator");
    private static readonly Operator s_arange = Operator.Find("aten::arange", "start_step");
    private static readonly Operator s_linspace = Operator.Find("aten::linspace");
    private static readonly Operator s_eye = Operator.Find("aten::eye", "m");
    private static readonly Operator s_empty_like = Operator.Find("aten::empty_like");
    private static readonly Operator s_zeros_like = Operator.Find("aten::zeros_like");
    private static readonly Operator s_ones_like = Operator.Find("aten::ones_like");
    private static readonly Operator s_full_like = Operator.Find("aten::full_like");
    private static readonly Operator s_rand_like = Operator.Find("aten::rand_like");
    private static readonly Operator s_randn_like = Operator.Find("aten::randn_like");

    private static ScalarType s_defaultType = ScalarType.Float32;

    public static ScalarType get_default_dtype() => s_defaultType;

    /// <summary>Sets the element type of factories that are given none.</summary>
    public static void set_default_dtype(ScalarType dtype) => s_defaultType = is_floating_point(dtype)
        ? dtype
        : throw new ArgumentException(
            $"The default must be a floating-point type, but {dtype} was given.", nameof(dtype));

    /// <summary>Memory as it comes.</summary>
    public static Tensor empty(
        long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        Finish(s_empty.Call(size, Dtype(dtype), Argument.None, device), requires_grad, names);
    public static Tensor empty(
        long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        empty(new[] { size }, dtype, device, requires_grad, names);
    public static Tensor empty(
        long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        empty(new[] { rows, columns }, dtype, device, requires_grad, names);
    public static Tensor empty(
        long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        empty(new[] { dim0, dim1, dim2 }, dtype, device, requires_grad, names);
    public static Tensor empty(
        long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        empty(new[] { dim0, dim1, dim2, dim3 }, dtype, device, requires_grad, names);

    /// <summary>Zeros.</summary>
    public static Tensor zeros(
        long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        Finish(s_zeros.Call(size, Dtype(dtype), Argument.None, device), requires_grad, names);
    public static Tensor zeros(
        long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        zeros(new[] { size }, dtype, device, requires_grad, names);
    public static Tensor zeros(
        long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        zeros(new[] { rows, columns }, dtype, device, requires_grad, names);
    public static Tensor zeros(
        long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        zeros(new[] { dim0, dim1, dim2 }, dtype, device, requires_grad, names);
    public static Tensor zeros(
        long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        zeros(new[] { dim0, dim1, dim2, dim3 }, dtype, device, requires_grad, names);

    /// <summary>Ones.</summary>
    public static Tensor ones(
        long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        Finish(s_ones.Call(size, Dtype(dtype), Argument.None, device), requires_grad, names);
    public static Tensor ones(
        long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        ones(new[] { size }, dtype, device, requires_grad, names);
    public static Tensor ones(
        long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        ones(new[] { rows, columns }, dtype, device, requires_grad, names);
    public static Tensor ones(
        long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        ones(new[] { dim0, dim1, dim2 }, dtype, device, requires_grad, names);
    public static Tensor ones(
        long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        ones(new[] { dim0, dim1, dim2, dim3 }, dtype, device, requires_grad, names);

    /// <summary>One value everywhere; its type decides the element type unless given.</summary>
    public static Tensor full(
        long[] size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        Finish(s_full.Call(size, value, dtype ?? DefaultTypeOf(value), Argument.None, device), requires_grad, names);
    public static Tensor full(
        long size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        full(new[] { size }, value, dtype, device, requires_grad, names);
    public static Tensor full(
        long rows, long columns, Scalar value, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        full(new[] { rows, columns }, value, dtype, device, requires_grad, names);
    public static Tensor full(
        long dim0, long dim1, long dim2, Scalar value, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        full(new[] { dim0, dim1, dim2 }, value, dtype, device, requires_grad, names);
    public static Tensor full(
        long dim0, long dim1, long dim2, long dim3, Scalar value, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        full(new[] { dim0, dim1, dim2, dim3 }, value, dtype, device, requires_grad, names);

    /// <summary>Uniform in [0, 1).</summary>
    public static Tensor rand(
        long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null, string[]? names = null) =>
        Finish(s_rand.Call(size, generator, Dtype(dtype), Argument.None, device), requires_grad, names);
    public static Tensor rand(
        long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null, string[]? names = null) =>
        rand(new[] { size }, dtype, device, requires_grad, generator, names);
    public static Tensor rand(
        long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null, string[]? names = null) =>
        rand(new[] { rows, columns }, dtype, device, requires_grad, generator, names);
    public static Tensor rand(
        long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null, string[]? names = null) =>
        rand(new[] { dim0, dim1, dim2 }, dtype, device, requires_grad, generator, names);
    public static Tensor rand(
        long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        rand(new[] { dim0, dim1, dim2, dim3 }, dtype, device, requires_grad, generator, names);

    /// <summary>Standard normal.</summary>
    public static Tensor randn(
        long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null, string[]? names = null) =>
        Finish(s_randn.Call(size, generator, Dtype(dtype), Argument.None, device), requires_grad, names);
    public static Tensor randn(
        long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null, string[]? names = null) =>
        randn(new[] { size }, dtype, device, requires_grad, generator, names);
    public static Tensor randn(
        long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null, string[]? names = null) =>
        randn(new[] { rows, columns }, dtype, device, requires_grad, generator, names);
    public static Tensor randn(
        long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null, string[]? names = null) =>
        randn(new[] { dim0, dim1, dim2 }, dtype, device, requires_grad, generator, names);
    public static Tensor randn(
        long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randn(new[] { dim0, dim1, dim2, dim3 }, dtype, device, requires_grad, generator, names);

    public static Tensor randint(
        long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null, string[]? names = null) =>
        randint(0, high, size, dtype, device, requires_grad, generator, names);
    public static Tensor randint(
        long low, long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null, string[]? names = null) =>
        Finish(
            s_randint.Call(low, high, size, generator, dtype ?? ScalarType.Int64, Argument.None, device),
            requires_grad, names);
    public static Tensor randperm(
        long n, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null) =>
        Finish(s_randperm.Call(n, generator, dtype ?? ScalarType.Int64, Argument.None, device), requires_grad);

    /// <summary>start, start + step, ... up to but without stop.</summary>
    public static Tensor arange(
        Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false) =>
        Finish(s_arange.Call(start, stop, step, dtype, Argument.None, device), requires_grad);
    public static Tensor arange(
        Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);
    public static Tensor arange(
        Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype, device, requires_grad);

    /// <summary>Evenly spaced values, both ends included.</summary>
    public static Tensor linspace(
        double start, double end, long steps, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false) =>
        Finish(s_linspace.Call(start, end, steps, Dtype(dtype), Argument.None, device), requires_grad);

    public static Tensor eye(
        long rows, long columns = -1, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        Finish(
            s_eye.Call(rows, columns < 0 ? rows : columns, Dtype(dtype), Argument.None, device), requires_grad, names);

    public static Tensor empty_like(
        Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        Finish(s_empty_like.Call(input, dtype, Argument.None, device), requires_grad, names);
    public static Tensor zeros_like(
        Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        Finish(s_zeros_like.Call(input, dtype, Argument.None, device), requires_grad, names);
    public static Tensor ones_like(
        Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        Finish(s_ones_like.Call(input, dtype, Argument.None, device), requires_grad, names);
    public static Tensor full_like(
        Tensor input, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        Finish(s_full_like.Call(input, value, dtype, Argument.None, device), requires_grad, names);
    public static Tensor rand_like(
        Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Finish(s_rand_like.Call(input, dtype, Argument.None, device), requires_grad, null);
    public static Tensor randn_like(
        Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Finish(s_randn_like.Call(input, dtype, Argument.None, device), requires_grad, null);

    private static ScalarType Dtype(ScalarType? dtype) => dtype ?? s_defaultType;

    private static ScalarType DefaultTypeOf(Scalar value) =>
        value.Tag == ValueTag.Double ? s_defaultType : value.Tag == ValueTag.Bool ? ScalarType.Bool : ScalarType.Int64;

    private static Tensor Finish(Tensor tensor, bool requiresGrad, string[]? names = null)
    {
        if (names is not null)
        {
            throw new NotSupportedException("Named dimensions are not offered by this tensor layer.");
        }
        if (requiresGrad)
        {
            tensor.requires_grad = true;
        }
        return tensor;
    }
}
