namespace TorchSharp;

/// <summary>Kinds of devices; libtorch's numbers.</summary>
public enum DeviceType
{
    /// <summary>The processor.</summary>
    CPU = 0,

    /// <summary>An NVIDIA GPU.</summary>
    CUDA = 1,

    /// <summary>Tensors with shape but no data.</summary>
    META = 14,
}

/// <summary>How <c>torch.cdist</c> computes Euclidean distances.</summary>
public enum compute_mode
{
    /// <summary>By a matrix product for more than 25 rows.</summary>
    use_mm_for_euclid_dist_if_necessary = 0,

    /// <summary>Always by a matrix product.</summary>
    use_mm_for_euclid_dist = 1,

    /// <summary>Never by a matrix product.</summary>
    donot_use_mm_for_euclid_dist = 2,
}

public static partial class torch
{
    /// <summary>Element types; libtorch's numbers.</summary>
    public enum ScalarType : sbyte
    {
        /// <summary>uint8.</summary>
        Byte = 0,

        /// <summary>int8.</summary>
        Int8 = 1,

        /// <summary>int16.</summary>
        Int16 = 2,

        /// <summary>int32.</summary>
        Int32 = 3,

        /// <summary>int64.</summary>
        Int64 = 4,

        /// <summary>float16.</summary>
        Float16 = 5,

        /// <summary>float32.</summary>
        Float32 = 6,

        /// <summary>float64.</summary>
        Float64 = 7,

        /// <summary>complex64.</summary>
        ComplexFloat32 = 9,

        /// <summary>complex128.</summary>
        ComplexFloat64 = 10,

        /// <summary>bool.</summary>
        Bool = 11,

        /// <summary>bfloat16.</summary>
        BFloat16 = 15,
    }

    /// <summary>How a quotient is rounded.</summary>
    public enum RoundingMode
    {
        /// <summary>Not at all.</summary>
        None = 0,

        /// <summary>Towards zero.</summary>
        trunc = 1,

        /// <summary>Down.</summary>
        floor = 2,
    }

    /// <summary>How <c>nn.functional.interpolate</c> fills in values.</summary>
    public enum InterpolationMode
    {
        /// <summary>Nearest neighbour.</summary>
        Nearest = 0,

        /// <summary>Linear, for [N, C, L].</summary>
        Linear = 1,

        /// <summary>Bilinear, for [N, C, H, W].</summary>
        Bilinear = 2,

        /// <summary>Bicubic, for [N, C, H, W].</summary>
        Bicubic = 3,

        /// <summary>Trilinear, for [N, C, D, H, W].</summary>
        Trilinear = 4,

        /// <summary>Mean over the area.</summary>
        Area = 5,
    }

    /// <summary>How the <c>Upsample</c> module fills in values.</summary>
    public enum UpsampleMode
    {
        /// <summary>Nearest neighbour.</summary>
        Nearest = 0,

        /// <summary>Linear, for [N, C, L].</summary>
        Linear = 1,

        /// <summary>Bilinear, for [N, C, H, W].</summary>
        Bilinear = 2,

        /// <summary>Bicubic, for [N, C, H, W].</summary>
        Bicubic = 3,

        /// <summary>Trilinear, for [N, C, D, H, W].</summary>
        Trilinear = 4,
    }

    // The element types under their short names.
    public static readonly ScalarType uint8 = ScalarType.Byte;
    public static readonly ScalarType int8 = ScalarType.Int8;
    public static readonly ScalarType int16 = ScalarType.Int16;
    public static readonly ScalarType int32 = ScalarType.Int32;
    public static readonly ScalarType int64 = ScalarType.Int64;
    public static readonly ScalarType float16 = ScalarType.Float16;
    public static readonly ScalarType float32 = ScalarType.Float32;
    public static readonly ScalarType float64 = ScalarType.Float64;
    public static readonly ScalarType bfloat16 = ScalarType.BFloat16;
    public static readonly ScalarType @bool = ScalarType.Bool;
}
