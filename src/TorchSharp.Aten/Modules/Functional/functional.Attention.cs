using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            private static readonly Operator s_attention = Operator.Find("aten::scaled_dot_product_attention");

            /// <summary>softmax(Q K^T / sqrt(E)) V (Vaswani et al. 2017, arXiv:1706.03762, eq. 1).</summary>
            /// <param name="query">Q [..., L, E].</param>
            /// <param name="key">K [..., S, E].</param>
            /// <param name="value">V [..., S, Ev].</param>
            /// <param name="attn_mask">
            /// bool, true where attention may go, or numbers added to the scores, [..., L, S].
            /// </param>
            /// <param name="p">Probability of dropping a weight.</param>
            /// <param name="is_casual">Whether a query sees only keys up to its own place.</param>
            /// <returns>[..., L, Ev].</returns>
            public static Tensor scaled_dot_product_attention(
                Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0, bool is_casual = false)
            {
                if (is_casual && attn_mask is not null)
                {
                    throw new ArgumentException("A causal attention takes no mask of its own.", nameof(attn_mask));
                }
                return s_attention.Exists
                    ? s_attention.Call(query, key, value, attn_mask, p, is_casual)
                    : ComposedAttention(query, key, value, attn_mask, p, is_casual);
            }

            // libtorch before 2.0 lacks the operator.
            private static Tensor ComposedAttention(
                Tensor query, Tensor key, Tensor value, Tensor? mask, double p, bool causal)
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor scores = query.mul(1 / Math.Sqrt(query.shape[^1])).matmul(key.transpose(-2, -1));
                if (causal)
                {
                    mask = ones([query.shape[^2], key.shape[^2]], ScalarType.Bool, query.device).tril();
                }
                if (mask?.dtype == ScalarType.Bool)
                {
                    scores = scores.masked_fill(mask.logical_not(), double.NegativeInfinity);
                }
                else if (mask is not null)
                {
                    scores = scores.add(mask);
                }
                Tensor weights = dropout(softmax(scores, -1), p, training: p > 0);
                return scope.MoveToOuter(weights.matmul(value));
            }
        }
    }
}
