using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            private static readonly Operator s_nearest1d = Operator.Find("aten::upsample_nearest1d", "vec");
            private static readonly Operator s_nearest2d = Operator.Find("aten::upsample_nearest2d", "vec");
            private static readonly Operator s_nearest3d = Operator.Find("aten::upsample_nearest3d", "vec");
            private static readonly Operator s_linear1d = Operator.Find("aten::upsample_linear1d", "vec");
            private static readonly Operator s_bilinear2d = Operator.Find("aten::upsample_bilinear2d", "vec");
            private static readonly Operator s_bicubic2d = Operator.Find("aten::upsample_bicubic2d", "vec");
            private static readonly Operator s_trilinear3d = Operator.Find("aten::upsample_trilinear3d", "vec");
            private static readonly Operator s_pad = Operator.Find("aten::pad");

            /// <summary>Resizes sequences [N, C, L], images [N, C, H, W] or volumes [N, C, D, H, W].</summary>
            /// <param name="x">What is resized.</param>
            /// <param name="size">
            /// Size of the output; exactly one of it and <paramref name="scale_factor"/> is given.
            /// </param>
            /// <param name="scale_factor">Factor of each dimension, or one for all.</param>
            /// <param name="mode">How values are filled in.</param>
            /// <param name="align_corners">
            /// Whether corner pixels keep their places; null is no. Linear and cubic modes only.
            /// </param>
            /// <param name="recompute_scale_factor">Whether the factor is computed anew from the rounded size.</param>
            /// <exception cref="ArgumentException">
            /// Both or neither of size and factor, or a mode that the shape does not take.
            /// </exception>
            public static Tensor interpolate(
                Tensor x, long[]? size = null, double[]? scale_factor = null,
                InterpolationMode mode = InterpolationMode.Nearest, bool? align_corners = null,
                bool recompute_scale_factor = false)
            {
                ArgumentNullException.ThrowIfNull(x);
                int spatial = (int)x.ndim - 2;
                if (size is null == scale_factor is null)
                {
                    throw new ArgumentException("Exactly one of size and scale_factor must be given.", nameof(size));
                }
                if (align_corners is not null && mode is InterpolationMode.Nearest or InterpolationMode.Area)
                {
                    throw new ArgumentException(
                        $"align_corners means nothing to the mode {mode}.", nameof(align_corners));
                }
                size = Spread(size, spatial);
                scale_factor = Spread(scale_factor, spatial);
                if (scale_factor is not null && (recompute_scale_factor || mode == InterpolationMode.Area))
                {
                    size = [.. scale_factor.Select((factor, k) => (long)Math.Floor(x.shape[k + 2] * factor))];
                    scale_factor = null;
                }
                bool corners = align_corners ?? false;
                return (mode, spatial) switch
                {
                    (InterpolationMode.Nearest, 1) => s_nearest1d.Call(x, size, scale_factor),
                    (InterpolationMode.Nearest, 2) => s_nearest2d.Call(x, size, scale_factor),
                    (InterpolationMode.Nearest, 3) => s_nearest3d.Call(x, size, scale_factor),
                    (InterpolationMode.Linear, 1) => s_linear1d.Call(x, size, corners, scale_factor),
                    (InterpolationMode.Bilinear, 2) => s_bilinear2d.Call(x, size, corners, scale_factor),
                    (InterpolationMode.Bicubic, 2) => s_bicubic2d.Call(x, size, corners, scale_factor),
                    (InterpolationMode.Trilinear, 3) => s_trilinear3d.Call(x, size, corners, scale_factor),
                    (InterpolationMode.Area, 1) => s_adaptiveAvgPool1d.Call(x, size),
                    (InterpolationMode.Area, 2) => s_adaptiveAvgPool2d.Call(x, size),
                    (InterpolationMode.Area, 3) => s_adaptiveAvgPool3d.Call(x, size),
                    _ => throw new ArgumentException(
                        $"The mode {mode} does not take a tensor of {x.ndim} dimensions.", nameof(mode)),
                };
            }

            /// <summary>Pads a tensor.</summary>
            /// <param name="input">What is padded.</param>
            /// <param name="pad">Widths before and after, for the last dimension first.</param>
            /// <param name="mode">What the padding is filled with.</param>
            /// <param name="value">The filling under <see cref="PaddingModes.Constant"/>.</param>
            public static Tensor pad(
                Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => mode switch
                {
                    PaddingModes.Constant => s_pad.Call(input, pad, "constant", value),
                    PaddingModes.Zeros => s_pad.Call(input, pad, "constant", 0.0),
                    PaddingModes.Reflect => s_pad.Call(input, pad, "reflect"),
                    PaddingModes.Replicate => s_pad.Call(input, pad, "replicate"),
                    PaddingModes.Circular => s_pad.Call(input, pad, "circular"),
                    _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "Unknown padding mode."),
                };

            /// <summary>Pads the last dimension by the given widths before and after.</summary>
            public static Tensor pad(
                Tensor input, (long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, [pad.Item1, pad.Item2], mode, value);

            /// <summary>
            /// Pads the last dimension and then the one before it by the given widths before and after.
            /// </summary>
            public static Tensor pad(
                Tensor input, (long, long, long, long) pad, PaddingModes mode = PaddingModes.Constant,
                double value = 0) =>
                functional.pad(input, new long[] { pad.Item1, pad.Item2, pad.Item3, pad.Item4 }, mode, value);

            private static T[]? Spread<T>(T[]? values, int count) =>
                values is { Length: 1 } && count > 1 ? [.. Enumerable.Repeat(values[0], count)] : values;
        }
    }
}
