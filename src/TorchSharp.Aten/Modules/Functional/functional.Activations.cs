using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>The operations behind the modules, as functions.</summary>
        public static partial class functional
        {
            private static readonly Operator s_silu = Operator.Find("aten::silu");
            private static readonly Operator s_siluInPlace = Operator.Find("aten::silu_");
            private static readonly Operator s_gelu = Operator.Find("aten::gelu");
            private static readonly Operator s_geluInPlace = Operator.Find("aten::gelu_");
            private static readonly Operator s_relu = Operator.Find("aten::relu");
            private static readonly Operator s_reluInPlace = Operator.Find("aten::relu_");
            private static readonly Operator s_mish = Operator.Find("aten::mish");
            private static readonly Operator s_mishInPlace = Operator.Find("aten::mish_");
            private static readonly Operator s_sigmoid = Operator.Find("aten::sigmoid");
            private static readonly Operator s_sigmoidInPlace = Operator.Find("aten::sigmoid_");
            private static readonly Operator s_tanh = Operator.Find("aten::tanh");
            private static readonly Operator s_tanhInPlace = Operator.Find("aten::tanh_");
            private static readonly Operator s_leakyRelu = Operator.Find("aten::leaky_relu");
            private static readonly Operator s_leakyReluInPlace = Operator.Find("aten::leaky_relu_");
            private static readonly Operator s_elu = Operator.Find("aten::elu");
            private static readonly Operator s_eluInPlace = Operator.Find("aten::elu_");
            private static readonly Operator s_softplus = Operator.Find("aten::softplus");
            private static readonly Operator s_softmax = Operator.Find("aten::softmax", "int");
            private static readonly Operator s_logSoftmax = Operator.Find("aten::log_softmax", "int");

            /// <summary>x * sigmoid(x), also known as swish.</summary>
            public static Tensor silu(Tensor x, bool inplace = false) =>
                inplace ? s_siluInPlace.CallInPlace(x, x) : s_silu.Call(x);

            /// <summary>x * Phi(x), with the exact distribution function of the normal law.</summary>
            public static Tensor gelu(Tensor x) => gelu(x, false);

            /// <summary>x * Phi(x), with the exact distribution function of the normal law.</summary>
            public static Tensor gelu(Tensor x, bool inplace) =>
                inplace ? s_geluInPlace.CallInPlace(x, x) : s_gelu.Call(x);

            /// <summary>max(x, 0).</summary>
            public static Tensor relu(Tensor x, bool inplace = false) =>
                inplace ? s_reluInPlace.CallInPlace(x, x) : s_relu.Call(x);

            /// <summary>x * tanh(softplus(x)).</summary>
            public static Tensor mish(Tensor x, bool inplace = false) =>
                inplace ? s_mishInPlace.CallInPlace(x, x) : s_mish.Call(x);

            /// <summary>1 / (1 + exp(-x)).</summary>
            public static Tensor sigmoid(Tensor x) => sigmoid(x, false);

            /// <summary>1 / (1 + exp(-x)).</summary>
            public static Tensor sigmoid(Tensor x, bool inplace) =>
                inplace ? s_sigmoidInPlace.CallInPlace(x, x) : s_sigmoid.Call(x);

            /// <summary>The hyperbolic tangent.</summary>
            public static Tensor tanh(Tensor x, bool inplace = false) =>
                inplace ? s_tanhInPlace.CallInPlace(x, x) : s_tanh.Call(x);

            /// <summary>The input where positive, else the input times a small slope.</summary>
            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false) => inplace
                ? s_leakyReluInPlace.CallInPlace(input, input, negative_slope)
                : s_leakyRelu.Call(input, negative_slope);

            /// <summary>x where positive, else alpha * (exp(x) - 1).</summary>
            public static Tensor elu(Tensor x, double alpha, bool inplace = false) =>
                inplace ? s_eluInPlace.CallInPlace(x, x, alpha) : s_elu.Call(x, alpha);

            /// <summary>log(1 + exp(beta x)) / beta, and x itself where beta x exceeds the threshold.</summary>
            public static Tensor softplus(Tensor x, double beta = 1, double threshold = 20) =>
                s_softplus.Call(x, beta, threshold);

            /// <summary>exp(x) scaled to sum 1 along a dimension.</summary>
            /// <param name="input">x.</param>
            /// <param name="dim">The dimension.</param>
            /// <param name="dtype">Type that the input is converted to first; null keeps its own.</param>
            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) =>
                s_softmax.Call(input, dim, dtype);

            /// <summary>The logarithm of softmax along a dimension.</summary>
            public static Tensor log_softmax(Tensor x, long dim) => s_logSoftmax.Call(x, dim);
        }
    }
}
