using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static int get_num_threads() => Bridge.ab_get_num_threads();

    /// <summary>
    /// Sets how many threads ATen's own loops use, for this thread's pool and for threads started later.
    /// </summary>
    public static unsafe void set_num_threads(int num) =>
        Bridge.Check(Bridge.ab_set_num_threads(num, out byte* error), error);

    public static int get_num_interop_threads() => Bridge.ab_get_num_interop_threads();

    public static unsafe void set_num_interop_threads(int num) =>
        Bridge.Check(Bridge.ab_set_num_interop_threads(num, out byte* error), error);

    public static bool cuda_is_available() => cuda.is_available();

    /// <summary>NVIDIA GPUs.</summary>
    public static partial class cuda
    {
        public static bool is_available() => Bridge.ab_cuda_device_count() > 0;

        public static bool is_cudnn_available() => Bridge.ab_has_cudnn() != 0;

        public static int device_count() => Bridge.ab_cuda_device_count();
    }

    /// <summary>Settings of the backends.</summary>
    public static partial class backends
    {
        /// <summary>Settings of CUDA.</summary>
        public static partial class cuda
        {
            /// <summary>Settings of matrix products.</summary>
            public static class matmul
            {
                /// <summary>Whether float32 matrix products may round to TF32.</summary>
                public static bool allow_tf32
                {
                    get => Bridge.ab_allow_tf32(0) != 0;
                    set => Bridge.ab_set_allow_tf32(0, value ? 1 : 0);
                }
            }
        }

        /// <summary>Settings of cuDNN.</summary>
        public static class cudnn
        {
            /// <summary>Whether convolutions may round to TF32.</summary>
            public static bool allow_tf32
            {
                get => Bridge.ab_allow_tf32(1) != 0;
                set => Bridge.ab_set_allow_tf32(1, value ? 1 : 0);
            }
        }
    }
}
