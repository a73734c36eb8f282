using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            private static readonly Operator s_linear = Operator.Find("aten::linear");
            private static readonly Operator s_conv2d = Operator.Find("aten::conv2d");
            private static readonly Operator s_conv2dPadding = Operator.Find("aten::conv2d", "padding");
            private static readonly Operator s_dropout = Operator.Find("aten::dropout");
            private static readonly Operator s_dropoutInPlace = Operator.Find("aten::dropout_");
            private static readonly Operator s_oneHot = Operator.Find("aten::one_hot");

            /// <summary>x W^T + b.</summary>
            /// <param name="input">x [..., in].</param>
            /// <param name="weights">W [out, in].</param>
            /// <param name="bias">b [out], or null.</param>
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) =>
                s_linear.Call(input, weights, bias);

            /// <summary>A convolution of images.</summary>
            /// <param name="input">Images [N, C, H, W].</param>
            /// <param name="weight">Kernel [out, C / groups, kH, kW].</param>
            /// <param name="bias">[out], or null.</param>
            /// <param name="strides">Steps of the kernel; null is 1.</param>
            /// <param name="padding">Zeros on both sides; null is none.</param>
            /// <param name="dilation">Distances of the kernel's points; null is 1.</param>
            /// <param name="groups">Groups of channels that do not see each other.</param>
            /// <returns>[N, out, H', W'].</returns>
            public static Tensor conv2d(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null,
                long[]? dilation = null, long groups = 1) => s_conv2d.Call(
                    input, weight, bias, OrDefault(strides), OrDefault(padding), OrDefault(dilation), groups);

            /// <summary>A convolution of images, padded by rule.</summary>
            public static Tensor conv2d_padding(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null,
                Padding padding = Padding.Valid, long[]? dilation = null, long groups = 1) => s_conv2dPadding.Call(
                    input, weight, bias, OrDefault(strides), padding == Padding.Same ? "same" : "valid",
                    OrDefault(dilation), groups);

            /// <summary>In training, zeroes elements with probability p and scales the others by 1 / (1 - p).</summary>
            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                inplace
                ? s_dropoutInPlace.CallInPlace(input, input, p, training)
                : s_dropout.Call(input, p, training);

            /// <summary>Indices [...] as rows [..., num_classes] of zeros with one 1, int64.</summary>
            /// <param name="x">Indices, int64, in [0, num_classes).</param>
            /// <param name="num_classes">Number of classes; -1 is one more than the largest index.</param>
            public static Tensor one_hot(Tensor x, long num_classes = -1) => s_oneHot.Call(x, num_classes);

            /// <summary>The input divided by its p-norm along a dimension, which counts as at least eps.</summary>
            public static Tensor normalize(Tensor input, double p = 2, long dim = 1, double eps = 1E-12)
            {
                ArgumentNullException.ThrowIfNull(input);
                using Tensor norm = input.norm((int)dim, true, (float)p);
                using Tensor divisor = norm.clamp(min: eps);
                return input.div(divisor);
            }

            private static Argument OrDefault(long[]? values) => values is null ? Argument.Default : values;
        }
    }
}
