using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            private static readonly Operator s_avgPool2d = Operator.Find("aten::avg_pool2d");
            private static readonly Operator s_maxPool2d = Operator.Find("aten::max_pool2d");
            private static readonly Operator s_adaptiveAvgPool1d = Operator.Find("aten::adaptive_avg_pool1d");
            private static readonly Operator s_adaptiveAvgPool2d = Operator.Find("aten::adaptive_avg_pool2d");
            private static readonly Operator s_adaptiveAvgPool3d = Operator.Find("aten::adaptive_avg_pool3d");

            /// <summary>Means over windows of images [N, C, H, W].</summary>
            /// <param name="input">Images.</param>
            /// <param name="kernel_size">Height and width of a window, or one number for both.</param>
            /// <param name="stride">Step between windows; null is the window's size.</param>
            /// <param name="padding">Zeros on both sides; null is none.</param>
            /// <param name="ceil_mode">Whether a window that leaves the image counts.</param>
            /// <param name="count_include_pad">Whether padding counts in the mean.</param>
            /// <param name="divisor_override">What sums are divided by, instead of the number of elements.</param>
            public static Tensor avg_pool2d(
                Tensor input, long[] kernel_size, long[]? stride = null, long[]? padding = null, bool ceil_mode = false,
                bool count_include_pad = true, long? divisor_override = null) => s_avgPool2d.Call(
                    input, kernel_size, OrDefault(stride), OrDefault(padding), ceil_mode, count_include_pad,
                    divisor_override);

            /// <summary>Means over windows of images, with one number for height and width.</summary>
            public static Tensor avg_pool2d(
                Tensor input, long kernel_size, long? stride = null, long padding = 0, bool ceil_mode = false,
                bool count_include_pad = true, long? divisor_override = null) => avg_pool2d(
                    input, [kernel_size, kernel_size], Pair(stride), [padding, padding], ceil_mode, count_include_pad,
                    divisor_override);

            /// <summary>Means over windows of images, with pairs of height and width.</summary>
            public static Tensor avg_pool2d(
                Tensor input, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null,
                bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) => avg_pool2d(
                    input, Pair(kernel_size)!, Pair(stride), Pair(padding), ceil_mode, count_include_pad,
                    divisor_override);

            /// <summary>Largest values in windows of images [N, C, H, W].</summary>
            /// <param name="input">Images.</param>
            /// <param name="kernel_size">Height and width of a window, or one number for both.</param>
            /// <param name="strides">Step between windows; null is the window's size.</param>
            /// <param name="padding">Padding on both sides, which never wins; null is none.</param>
            /// <param name="dilation">Distance of a window's points; null is 1.</param>
            /// <param name="ceil_mode">Whether a window that leaves the image counts.</param>
            public static Tensor max_pool2d(
                Tensor input, long[] kernel_size, long[]? strides = null, long[]? padding = null,
                long[]? dilation = null,
                bool ceil_mode = false) => s_maxPool2d.Call(
                    input, kernel_size, OrDefault(strides), OrDefault(padding), OrDefault(dilation), ceil_mode);

            /// <summary>Largest values in windows of images, with one number for height and width.</summary>
            public static Tensor max_pool2d(
                Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null,
                bool ceil_mode = false) => max_pool2d(
                    input, [kernel_size, kernel_size], Pair(stride), Pair(padding), Pair(dilation), ceil_mode);

            /// <summary>Largest values in windows of images, with pairs of height and width.</summary>
            public static Tensor max_pool2d(
                Tensor input, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null,
                (long, long)? dilation = null, bool ceil_mode = false) => max_pool2d(
                    input, Pair(kernel_size)!, Pair(stride), Pair(padding), Pair(dilation), ceil_mode);

            /// <summary>
            /// Means over as many windows as the output has pixels: [N, C, H, W] to [N, C, output_size...].
            /// </summary>
            public static Tensor adaptive_avg_pool2d(Tensor input, long[] output_size) =>
                s_adaptiveAvgPool2d.Call(input, output_size);

            /// <summary>Means over as many windows as the square output has pixels.</summary>
            public static Tensor adaptive_avg_pool2d(Tensor input, long output_size) =>
                adaptive_avg_pool2d(input, [output_size, output_size]);

            /// <summary>Means over as many windows as the output has pixels.</summary>
            public static Tensor adaptive_avg_pool2d(Tensor input, (long, long) output_size) =>
                adaptive_avg_pool2d(input, Pair(output_size)!);

            internal static long[]? Pair(long? value) => value is long both ? [both, both] : null;

            internal static long[]? Pair((long, long)? value) =>
                value is (long first, long second) ? [first, second] : null;
        }
    }
}
