using TorchSharp.Interop;

namespace TorchSharp;

// Comparisons and logic; the results are truth values.
public static partial class torch
{
    public static Tensor eq(Tensor left, Tensor right) => left.eq(right);
    public static Tensor ne(Tensor left, Tensor right) => left.ne(right);
    public static Tensor lt(Tensor left, Tensor right) => left.lt(right);
    public static Tensor le(Tensor left, Tensor right) => left.le(right);
    public static Tensor gt(Tensor left, Tensor right) => left.gt(right);
    public static Tensor ge(Tensor left, Tensor right) => left.ge(right);
    public static Tensor isclose(
        Tensor tensor, Tensor other, double rtol = 1e-05, double atol = 1e-08, bool nanEqual = false) =>
        tensor.isclose(other, rtol, atol, nanEqual);
    public static bool allclose(
        Tensor tensor, Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
        tensor.allclose(target, rtol, atol, equal_nan);
    public static Tensor bitwise_and(Tensor left, Tensor right) => left.bitwise_and(right);
    public static Tensor bitwise_or(Tensor left, Tensor right) => left.bitwise_or(right);
    public static Tensor logical_and(Tensor left, Tensor right) => left.logical_and(right);
    public static Tensor logical_or(Tensor left, Tensor right) => left.logical_or(right);
    public static Tensor logical_xor(Tensor left, Tensor right) => left.logical_xor(right);

    public partial class Tensor
    {
        private static readonly Operator s_eq_Scalar = Operator.Find("aten::eq", "Scalar");
        private static readonly Operator s_eq_Tensor = Operator.Find("aten::eq", "Tensor");
        private static readonly Operator s_ne_Scalar = Operator.Find("aten::ne", "Scalar");
        private static readonly Operator s_ne_Tensor = Operator.Find("aten::ne", "Tensor");
        private static readonly Operator s_lt_Scalar = Operator.Find("aten::lt", "Scalar");
        private static readonly Operator s_lt_Tensor = Operator.Find("aten::lt", "Tensor");
        private static readonly Operator s_le_Scalar = Operator.Find("aten::le", "Scalar");
        private static readonly Operator s_le_Tensor = Operator.Find("aten::le", "Tensor");
        private static readonly Operator s_gt_Scalar = Operator.Find("aten::gt", "Scalar");
        private static readonly Operator s_gt_Tensor = Operator.Find("aten::gt", "Tensor");
        private static readonly Operator s_ge_Scalar = Operator.Find("aten::ge", "Scalar");
        private static readonly Operator s_ge_Tensor = Operator.Find("aten::ge", "Tensor");
        private static readonly Operator s_isclose = Operator.Find("aten::isclose");
        private static readonly Operator s_allclose = Operator.Find("aten::allclose");
        private static readonly Operator s_bitwise_and_Tensor = Operator.Find("aten::bitwise_and", "Tensor");
        private static readonly Operator s_bitwise_or_Tensor = Operator.Find("aten::bitwise_or", "Tensor");
        private static readonly Operator s_logical_and = Operator.Find("aten::logical_and");
        private static readonly Operator s_logical_or = Operator.Find("aten::logical_or");
        private static readonly Operator s_logical_xor = Operator.Find("aten::logical_xor");

        public Tensor eq(Scalar target) => s_eq_Scalar.Call(this, target);
        public Tensor eq(Tensor target) => s_eq_Tensor.Call(this, target);
        public Tensor ne(Scalar target) => s_ne_Scalar.Call(this, target);
        public Tensor ne(Tensor target) => s_ne_Tensor.Call(this, target);
        public Tensor lt(Scalar target) => s_lt_Scalar.Call(this, target);
        public Tensor lt(Tensor target) => s_lt_Tensor.Call(this, target);
        public Tensor le(Scalar target) => s_le_Scalar.Call(this, target);
        public Tensor le(Tensor target) => s_le_Tensor.Call(this, target);
        public Tensor gt(Scalar target) => s_gt_Scalar.Call(this, target);
        public Tensor gt(Tensor target) => s_gt_Tensor.Call(this, target);
        public Tensor ge(Scalar target) => s_ge_Scalar.Call(this, target);
        public Tensor ge(Tensor target) => s_ge_Tensor.Call(this, target);
        public Tensor isclose(Tensor other, double rtol = 1e-05, double atol = 1e-08, bool nanEqual = false) =>
            s_isclose.Call(this, other, rtol, atol, nanEqual);
        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
            s_allclose.CallBool(this, target, rtol, atol, equal_nan);
        public Tensor bitwise_and(Tensor other) => s_bitwise_and_Tensor.Call(this, other);
        public Tensor bitwise_or(Tensor other) => s_bitwise_or_Tensor.Call(this, other);
        public Tensor logical_and(Tensor other) => s_logical_and.Call(this, other);
        public Tensor logical_or(Tensor other) => s_logical_or.Call(this, other);
        public Tensor logical_xor(Tensor other) => s_logical_xor.Call(this, other);
    }
}
