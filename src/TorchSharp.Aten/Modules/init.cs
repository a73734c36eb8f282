namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Ways to fill a tensor with its first values, in place and outside autograd.</summary>
        public static partial class init
        {
            /// <summary>Which number of connections keeps its variance.</summary>
            public enum FanInOut
            {
                /// <summary>That of inputs of an output: the forward pass keeps its variance.</summary>
                FanIn = 0,

                /// <summary>That of outputs of an input: the backward pass keeps its variance.</summary>
                FanOut = 1,
            }

            /// <summary>What follows the layer.</summary>
            public enum NonlinearityType
            {
                /// <summary>Nothing.</summary>
                Linear = 0,

                /// <summary>A one-dimensional convolution.</summary>
                Conv1D = 1,

                /// <summary>A two-dimensional convolution.</summary>
                Conv2D = 2,

                /// <summary>A three-dimensional convolution.</summary>
                Conv3D = 3,

                /// <summary>A one-dimensional transposed convolution.</summary>
                ConvTranspose1D = 4,

                /// <summary>A two-dimensional transposed convolution.</summary>
                ConvTranspose2D = 5,

                /// <summary>A three-dimensional transposed convolution.</summary>
                ConvTranspose3D = 6,

                /// <summary>The logistic function.</summary>
                Sigmoid = 7,

                /// <summary>The hyperbolic tangent.</summary>
                Tanh = 8,

                /// <summary>max(x, 0).</summary>
                ReLU = 9,

                /// <summary>x or a small multiple of it.</summary>
                LeakyReLU = 10,
            }

            /// <summary>
            /// Factor by which standard deviations grow to make up for what a nonlinearity takes away.
            /// </summary>
            /// <param name="nonlinearity">What follows the layer.</param>
            /// <param name="param">Slope of a leaky ReLU for negative values.</param>
            public static double calculate_gain(NonlinearityType nonlinearity, double param = 0) => nonlinearity switch
            {
                NonlinearityType.Tanh => 5.0 / 3,
                NonlinearityType.ReLU => Math.Sqrt(2),
                NonlinearityType.LeakyReLU => Math.Sqrt(2 / (1 + param * param)),
                _ => 1,
            };

            /// <summary>
            /// Numbers of inputs of an output and of outputs of an input, for a weight [out, in, kernel...].
            /// </summary>
            /// <exception cref="ArgumentException">The tensor has fewer than two dimensions.</exception>
            public static (long fanIn, long fanOut) CalculateFanInAndFanOut(Tensor tensor)
            {
                ArgumentNullException.ThrowIfNull(tensor);
                long[] shape = tensor.shape;
                if (shape.Length < 2)
                {
                    throw new ArgumentException(
                        $"Fan in and fan out need at least two dimensions, not [{string.Join(", ", shape)}].",
                        nameof(tensor));
                }
                long kernel = shape.Skip(2).Aggregate(1L, (product, size) => product * size);
                return (shape[1] * kernel, shape[0] * kernel);
            }

            /// <summary>Fills with zeros.</summary>
            /// <returns>The tensor.</returns>
            public static Tensor zeros_(Tensor tensor) => constant_(tensor, 0);

            /// <summary>Fills with ones.</summary>
            /// <returns>The tensor.</returns>
            public static Tensor ones_(Tensor tensor) => constant_(tensor, 1);

            /// <summary>Fills with one value.</summary>
            /// <returns>The tensor.</returns>
            public static Tensor constant_(Tensor tensor, Scalar val)
            {
                using IDisposable guard = no_grad();
                return tensor.fill_(val);
            }

            /// <summary>Draws from the uniform law on [low, high).</summary>
            /// <returns>The tensor.</returns>
            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator? generator = null)
            {
                using IDisposable guard = no_grad();
                return tensor.uniform_(low, high, generator!);
            }

            /// <summary>Draws from the normal law.</summary>
            /// <returns>The tensor.</returns>
            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator? generator = null)
            {
                using IDisposable guard = no_grad();
                return tensor.normal_(mean, std, generator!);
            }

            /// <summary>
            /// Uniform with standard deviation gain * sqrt(2 / (fan in + fan out)) (Glorot and Bengio 2010).
            /// </summary>
            /// <returns>The tensor.</returns>
            public static Tensor xavier_uniform_(Tensor tensor, double gain = 1) =>
                UniformOfDeviation(tensor, XavierDeviation(tensor, gain));

            /// <summary>
            /// Normal with standard deviation gain * sqrt(2 / (fan in + fan out)) (Glorot and Bengio 2010).
            /// </summary>
            /// <returns>The tensor.</returns>
            public static Tensor xavier_normal_(Tensor tensor, double gain = 1) =>
                normal_(tensor, 0, XavierDeviation(tensor, gain));

            /// <summary>Uniform with standard deviation gain / sqrt(fan) (He et al. 2015, arXiv:1502.01852).</summary>
            /// <param name="tensor">Weight [out, in, kernel...].</param>
            /// <param name="a">Slope of the leaky ReLU that follows, for negative values.</param>
            /// <param name="mode">Which fan.</param>
            /// <param name="nonlinearity">What follows the layer.</param>
            /// <returns>The tensor.</returns>
            public static Tensor kaiming_uniform_(
                Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn,
                NonlinearityType nonlinearity = NonlinearityType.LeakyReLU) =>
                UniformOfDeviation(tensor, KaimingDeviation(tensor, a, mode, nonlinearity));

            /// <summary>Normal with standard deviation gain / sqrt(fan) (He et al. 2015, arXiv:1502.01852).</summary>
            /// <param name="tensor">Weight [out, in, kernel...].</param>
            /// <param name="a">Slope of the leaky ReLU that follows, for negative values.</param>
            /// <param name="mode">Which fan.</param>
            /// <param name="nonlinearity">What follows the layer.</param>
            /// <returns>The tensor.</returns>
            public static Tensor kaiming_normal_(
                Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn,
                NonlinearityType nonlinearity = NonlinearityType.LeakyReLU) =>
                normal_(tensor, 0, KaimingDeviation(tensor, a, mode, nonlinearity));

            /// <summary>PyTorch's default for a bias: uniform on +-1 / sqrt(fan in of the weight).</summary>
            internal static void BiasUniform(Tensor? bias, Tensor weight)
            {
                if (bias is not null)
                {
                    double bound = 1 / Math.Sqrt(CalculateFanInAndFanOut(weight).fanIn);
                    uniform_(bias, -bound, bound);
                }
            }

            private static Tensor UniformOfDeviation(Tensor tensor, double deviation)
            {
                double bound = Math.Sqrt(3) * deviation;
                return uniform_(tensor, -bound, bound);
            }

            private static double XavierDeviation(Tensor tensor, double gain)
            {
                (long fanIn, long fanOut) = CalculateFanInAndFanOut(tensor);
                return gain * Math.Sqrt(2.0 / (fanIn + fanOut));
            }

            private static double KaimingDeviation(
                Tensor tensor, double a, FanInOut mode, NonlinearityType nonlinearity)
            {
                (long fanIn, long fanOut) = CalculateFanInAndFanOut(tensor);
                return calculate_gain(nonlinearity, a) / Math.Sqrt(mode == FanInOut.FanIn ? fanIn : fanOut);
            }
        }
    }
}
