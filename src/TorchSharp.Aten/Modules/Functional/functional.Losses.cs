using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            private static readonly Operator s_mseLoss = Operator.Find("aten::mse_loss");
            private static readonly Operator s_l1Loss = Operator.Find("aten::l1_loss");
            private static readonly Operator s_smoothL1Loss = Operator.Find("aten::smooth_l1_loss");
            private static readonly Operator s_huberLoss = Operator.Find("aten::huber_loss");
            private static readonly Operator s_crossEntropy = Operator.Find("aten::cross_entropy_loss");
            private static readonly Operator s_logits = Operator.Find("aten::binary_cross_entropy_with_logits");

            /// <summary>The squared difference, reduced over all elements.</summary>
            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                s_mseLoss.Call(input, target, (long)reduction);

            /// <summary>The absolute difference, reduced over all elements.</summary>
            public static Tensor l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                s_l1Loss.Call(input, target, (long)reduction);

            /// <summary>
            /// Half the squared difference over beta where it is below beta, else the absolute difference less
            /// beta / 2.
            /// </summary>
            public static Tensor smooth_l1_loss(
                Tensor input, Tensor target, Reduction reduction = Reduction.Mean, double beta = 1) =>
                s_smoothL1Loss.Call(input, target, (long)reduction, beta);

            /// <summary>
            /// Half the squared difference where it is below delta, else delta * (absolute difference - delta / 2).
            /// </summary>
            public static Tensor huber_loss(
                Tensor input, Tensor target, double delta = 1, Reduction reduction = Reduction.Mean) =>
                s_huberLoss.Call(input, target, (long)reduction, delta);

            /// <summary>Cross entropy of logits against class indices or probabilities.</summary>
            /// <param name="input">Logits [N, C, ...].</param>
            /// <param name="target">Indices, int64 [N, ...], or probabilities [N, C, ...].</param>
            /// <param name="weight">Weight of each class [C]; null weighs all alike.</param>
            /// <param name="ignore_index">An index that does not count.</param>
            /// <param name="reduction">How the losses of the items become one.</param>
            /// <param name="label_smoothing">Share of the uniform law that is mixed into the target, in [0, 1].</param>
            public static Tensor cross_entropy(
                Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100,
                Reduction reduction = Reduction.Mean, double label_smoothing = 0) =>
                s_crossEntropy.Call(input, target, weight, (long)reduction, ignore_index, label_smoothing);

            /// <summary>Cross entropy of logits of two classes against probabilities.</summary>
            /// <param name="input">Logits of the second class, any shape.</param>
            /// <param name="target">Probabilities of the second class, the same shape.</param>
            /// <param name="weight">Weights of the elements; null weighs all alike.</param>
            /// <param name="reduction">How the losses of the elements become one.</param>
            /// <param name="pos_weights">Weights of the second class; null is 1.</param>
            public static Tensor binary_cross_entropy_with_logits(
                Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean,
                Tensor? pos_weights = null) => s_logits.Call(input, target, weight, pos_weights, (long)reduction);
        }
    }
}
