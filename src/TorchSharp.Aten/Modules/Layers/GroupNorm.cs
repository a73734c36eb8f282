using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>
/// Normalizes each group of channels of each item to mean 0 and variance 1 (Wu and He 2018, arXiv:1803.08494).
/// </summary>
public sealed class GroupNorm : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = nameof(weight))]
    private Parameter? _weight;

    [ComponentName(Name = nameof(bias))]
    private Parameter? _bias;

    internal GroupNorm(
        long num_groups, long num_channels, double eps, bool affine, Device? device, ScalarType? dtype)
        : base(nameof(GroupNorm))
    {
        if (num_groups <= 0 || num_channels % num_groups != 0)
        {
            throw new ArgumentException(
                $"num_groups must divide the {num_channels} channels, but is {num_groups}.", nameof(num_groups));
        }
        (this.num_groups, this.eps, this.affine) = (num_groups, eps, affine);
        if (affine)
        {
            weight = new Parameter(ones([num_channels], dtype, device));
            bias = new Parameter(zeros([num_channels], dtype, device));
        }
    }

    /// <summary>Number of groups.</summary>
    public long num_groups { get; set; }

    /// <summary>What is added to the variance before its root is taken.</summary>
    public double eps { get; set; }

    /// <summary>Whether a learned scale and shift per channel follow.</summary>
    public bool affine { get; set; }

    /// <summary>Scale [C], or null.</summary>
    public Parameter? weight
    {
        get => _weight;
        set => ReplaceParameter(nameof(weight), ref _weight, value);
    }

    /// <summary>Shift [C], or null.</summary>
    public Parameter? bias
    {
        get => _bias;
        set => ReplaceParameter(nameof(bias), ref _bias, value);
    }

    /// <summary>Maps [N, C, ...] to the same shape.</summary>
    public override Tensor forward(Tensor tensor) => nn.functional.group_norm(tensor, num_groups, weight, bias, eps);
}
