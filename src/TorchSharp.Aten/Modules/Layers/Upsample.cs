using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Resizes images, sequences or volumes.</summary>
public sealed class Upsample : ParameterLessModule<Tensor, Tensor>
{
    private readonly long[]? _size;
    private readonly double[]? _scaleFactor;

    internal Upsample(
        long[]? size, double[]? scale_factor, UpsampleMode mode, bool? align_corners, bool? recompute_scale_factor)
        : base(nameof(Upsample))
    {
        (_size, _scaleFactor, this.mode) = (size, scale_factor, mode);
        (this.align_corners, this.recompute_scale_factor) = (align_corners, recompute_scale_factor);
    }

    /// <summary>Size of the output; empty when a factor is given.</summary>
    public ReadOnlySpan<long> size => _size;

    /// <summary>Factor for each dimension; empty when a size is given.</summary>
    public ReadOnlySpan<double> scale_factor => _scaleFactor;

    /// <summary>How values are filled in.</summary>
    public UpsampleMode mode { get; }

    /// <summary>Whether corner pixels keep their places, in the linear modes.</summary>
    public bool? align_corners { get; }

    /// <summary>Whether the factor is computed anew from the rounded size.</summary>
    public bool? recompute_scale_factor { get; set; }

    /// <summary>Maps [N, C, ...] to [N, C, size...].</summary>
    public override Tensor forward(Tensor input) => nn.functional.interpolate(
        input, _size, _scaleFactor, (InterpolationMode)mode, align_corners, recompute_scale_factor ?? false);
}
