using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Normalizes the last dimensions to mean 0 and variance 1 (Ba et al. 2016, arXiv:1607.06450).</summary>
public sealed class LayerNorm : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = nameof(weight))]
    private Parameter? _weight;

    [ComponentName(Name = nameof(bias))]
    private Parameter? _bias;

    internal LayerNorm(
        long[] normalized_shape, double eps, bool elementwise_affine, bool bias, Device? device, ScalarType? dtype)
        : base(nameof(LayerNorm))
    {
        (this.normalized_shape, this.eps, this.elementwise_affine) = (normalized_shape, eps, elementwise_affine);
        if (elementwise_affine)
        {
            weight = new Parameter(ones(normalized_shape, dtype, device));
            this.bias = bias ? new Parameter(zeros(normalized_shape, dtype, device)) : null;
        }
    }

    /// <summary>Sizes of the dimensions that are normalized together.</summary>
    public long[] normalized_shape { get; set; }

    /// <summary>What is added to the variance before its root is taken.</summary>
    public double eps { get; set; }

    /// <summary>Whether a learned scale and shift follow.</summary>
    public bool elementwise_affine { get; set; }

    /// <summary>Scale [normalized_shape...], or null.</summary>
    public Parameter? weight
    {
        get => _weight;
        set => ReplaceParameter(nameof(weight), ref _weight, value);
    }

    /// <summary>Shift [normalized_shape...], or null.</summary>
    public Parameter? bias
    {
        get => _bias;
        set => ReplaceParameter(nameof(bias), ref _bias, value);
    }

    /// <summary>Maps [..., normalized_shape...] to the same shape.</summary>
    public override Tensor forward(Tensor tensor) =>
        nn.functional.layer_norm(tensor, normalized_shape, weight, bias, eps);
}
