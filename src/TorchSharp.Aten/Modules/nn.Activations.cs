using M = TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>x * sigmoid(x), also known as swish.</summary>
        public static M.SiLU SiLU() => new(false);

        /// <summary>x * sigmoid(x), also known as swish.</summary>
        public static M.SiLU SiLU(bool inplace) => new(inplace);

        /// <summary>x * Phi(x), with the exact distribution function of the normal law.</summary>
        public static M.GELU GELU() => new(false);

        /// <summary>x * Phi(x), with the exact distribution function of the normal law.</summary>
        public static M.GELU GELU(bool inplace) => new(inplace);

        /// <summary>max(x, 0).</summary>
        public static M.ReLU ReLU(bool inplace = false) => new(inplace);

        /// <summary>x * tanh(softplus(x)).</summary>
        public static M.Mish Mish() => new(false);

        /// <summary>x * tanh(softplus(x)).</summary>
        public static M.Mish Mish(bool inplace) => new(inplace);

        /// <summary>1 / (1 + exp(-x)).</summary>
        public static M.Sigmoid Sigmoid() => new(false);

        /// <summary>1 / (1 + exp(-x)).</summary>
        public static M.Sigmoid Sigmoid(bool inplace) => new(inplace);

        /// <summary>The hyperbolic tangent.</summary>
        public static M.Tanh Tanh() => new(false);

        /// <summary>The hyperbolic tangent.</summary>
        public static M.Tanh Tanh(bool inplace = false) => new(inplace);

        /// <summary>x where positive, else x times a small slope.</summary>
        public static M.LeakyReLU LeakyReLU(double negative_slope = 0.01, bool inplace = false) =>
            new(negative_slope, inplace);

        /// <summary>x where positive, else alpha * (exp(x) - 1).</summary>
        public static M.ELU ELU(double alpha = 1, bool inplace = false) => new(alpha, inplace);

        /// <summary>log(1 + exp(beta x)) / beta, and x itself where beta x exceeds the threshold.</summary>
        public static M.Softplus Softplus(double beta = 1, double threshold = 20) => new(beta, threshold);

        /// <summary>exp(x) scaled to sum 1 along a dimension.</summary>
        public static M.Softmax Softmax(long dim) => new(dim);

        /// <summary>The logarithm of softmax along a dimension.</summary>
        public static M.LogSoftmax LogSoftmax(long dim) => new(dim);
    }
}
