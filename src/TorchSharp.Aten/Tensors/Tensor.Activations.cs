using TorchSharp.Interop;

namespace TorchSharp;

// Activation functions.
public static partial class torch
{
    public static Tensor sigmoid(Tensor input) => input.sigmoid();
    public static Tensor sigmoid_(Tensor input) => input.sigmoid_();

    public partial class Tensor
    {
        private static readonly Operator s_relu = Operator.Find("aten::relu");
        private static readonly Operator s_relu_ = Operator.Find("aten::relu_");
        private static readonly Operator s_sigmoid = Operator.Find("aten::sigmoid");
        private static readonly Operator s_sigmoid_ = Operator.Find("aten::sigmoid_");
        private static readonly Operator s_silu = Operator.Find("aten::silu");
        private static readonly Operator s_silu_ = Operator.Find("aten::silu_");
        private static readonly Operator s_selu = Operator.Find("aten::selu");
        private static readonly Operator s_gelu = Operator.Find("aten::gelu");
        private static readonly Operator s_celu = Operator.Find("aten::celu");
        private static readonly Operator s_elu = Operator.Find("aten::elu");
        private static readonly Operator s_leaky_relu = Operator.Find("aten::leaky_relu");
        private static readonly Operator s_hardtanh = Operator.Find("aten::hardtanh");
        private static readonly Operator s_softplus = Operator.Find("aten::softplus");
        private static readonly Operator s_softmax_int = Operator.Find("aten::softmax", "int");
        private static readonly Operator s_log_softmax_int = Operator.Find("aten::log_softmax", "int");

        public Tensor relu() => s_relu.Call(this);
        public Tensor relu_() => s_relu_.CallInPlace(this, this);
        public Tensor sigmoid() => s_sigmoid.Call(this);
        public Tensor sigmoid_() => s_sigmoid_.CallInPlace(this, this);
        public Tensor silu() => s_silu.Call(this);
        public Tensor silu_() => s_silu_.CallInPlace(this, this);
        public Tensor selu() => s_selu.Call(this);
        public Tensor gelu() => s_gelu.Call(this);
        public Tensor celu() => s_celu.Call(this);
        public Tensor elu(double alpha = 1) => s_elu.Call(this, alpha);
        public Tensor leaky_relu(Scalar negative_slope) => s_leaky_relu.Call(this, negative_slope);
        public Tensor hardtanh(Scalar min, Scalar max) => s_hardtanh.Call(this, min, max);
        public Tensor softplus(double beta = 1, double threshold = 20) => s_softplus.Call(this, beta, threshold);
        public Tensor softmax(long dim, ScalarType? dtype = null) => s_softmax_int.Call(this, dim, dtype);
        public Tensor log_softmax(long dim, ScalarType? dtype = null) => s_log_softmax_int.Call(this, dim, dtype);
    }
}
