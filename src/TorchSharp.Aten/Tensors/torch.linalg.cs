using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Decompositions of matrices.</summary>
    public static class linalg
    {
        private static readonly Operator s_qr = Operator.Find("aten::linalg_qr");
        private static readonly Operator s_svdvals = Operator.Find("aten::linalg_svdvals");

        /// <summary>Which parts of a QR decomposition are computed.</summary>
        public enum QRMode
        {
            /// <summary>Q [M, K] and R [K, N], K = min(M, N).</summary>
            Reduced = 0,

            /// <summary>Q [M, M] and R [M, N].</summary>
            Complete = 1,

            /// <summary>R [K, N] alone; Q is empty. Without gradients.</summary>
            R = 2,
        }

        /// <summary>A = Q R with orthonormal columns of Q and R upper triangular.</summary>
        /// <param name="input">[..., M, N].</param>
        /// <param name="mode">Which parts.</param>
        public static (Tensor, Tensor) qr(Tensor input, QRMode mode = QRMode.Reduced)
        {
            Tensor[] parts = s_qr.CallMany(input, mode switch
            {
                QRMode.Complete => "complete",
                QRMode.R => "r",
                _ => "reduced",
            });
            return (parts[0], parts[1]);
        }

        /// <summary>The singular values, in descending order.</summary>
        /// <param name="input">[..., M, N].</param>
        /// <returns>[..., min(M, N)].</returns>
        public static Tensor svdvals(Tensor input) => s_svdvals.Call(input);
    }
}
