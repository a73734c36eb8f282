using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            private static readonly Operator s_groupNorm = Operator.Find("aten::group_norm");
            private static readonly Operator s_layerNorm = Operator.Find("aten::layer_norm");
            private static readonly Operator s_batchNorm = Operator.Find("aten::batch_norm");

            /// <summary>Normalizes each group of channels of each item to mean 0 and variance 1.</summary>
            /// <param name="input">[N, C, ...].</param>
            /// <param name="num_groups">Number of groups, a divisor of C.</param>
            /// <param name="weight">Scale [C], or null.</param>
            /// <param name="bias">Shift [C], or null.</param>
            /// <param name="eps">What is added to the variance before its root is taken.</param>
            public static Tensor group_norm(
                Tensor input, long num_groups, Tensor? weight = null, Tensor? bias = null, double eps = 1E-05) =>
                s_groupNorm.Call(input, num_groups, weight, bias, eps);

            /// <summary>Normalizes the last dimensions to mean 0 and variance 1.</summary>
            /// <param name="input">[..., normalized_shape...].</param>
            /// <param name="normalized_shape">Sizes of the dimensions that are normalized together.</param>
            /// <param name="weight">Scale [normalized_shape...], or null.</param>
            /// <param name="bias">Shift [normalized_shape...], or null.</param>
            /// <param name="eps">What is added to the variance before its root is taken.</param>
            public static Tensor layer_norm(
                Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null,
                double eps = 1E-05) =>
                s_layerNorm.Call(input, normalized_shape, weight, bias, eps);

            /// <summary>Normalizes each channel over the batch, or by running statistics.</summary>
            /// <param name="input">[N, C, ...].</param>
            /// <param name="running_mean">Running mean [C], changed in training.</param>
            /// <param name="running_var">Running variance [C], changed in training.</param>
            /// <param name="weight">Scale [C], or null.</param>
            /// <param name="bias">Shift [C], or null.</param>
            /// <param name="training">Whether the batch's own statistics are used.</param>
            /// <param name="momentum">Weight of this batch in the running statistics.</param>
            /// <param name="eps">What is added to the variance before its root is taken.</param>
            public static Tensor batch_norm(
                Tensor input, Tensor running_mean, Tensor running_var, Tensor? weight = null, Tensor? bias = null,
                bool training = false, double momentum = 0.1, double eps = 1E-05) => s_batchNorm.Call(
                    input, weight, bias, running_mean, running_var, training, momentum, eps, true);
        }
    }
}
