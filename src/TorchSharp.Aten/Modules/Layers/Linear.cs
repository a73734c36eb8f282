using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>An affine map of the last dimension: x W^T + b.</summary>
public sealed class Linear : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = nameof(weight))]
    private Parameter? _weight;

    [ComponentName(Name = nameof(bias))]
    private Parameter? _bias;

    internal Linear(long inputSize, long outputSize, bool hasBias, Device? device, ScalarType? dtype)
        : this(
            new Parameter(empty([outputSize, inputSize], dtype, device)),
            hasBias ? new Parameter(empty([outputSize], dtype, device)) : null)
    {
        // U(-1/sqrt(fan_in), 1/sqrt(fan_in)) for both, as in PyTorch.
        nn.init.kaiming_uniform_(weight, a: Math.Sqrt(5));
        nn.init.BiasUniform(bias, weight);
    }

    internal Linear(Parameter weight, Parameter? bias)
        : base(nameof(Linear))
    {
        this.weight = weight;
        this.bias = bias;
        (out_features, in_features) = (weight.shape[0], weight.shape[1]);
    }

    /// <summary>Number of input features.</summary>
    public long in_features { get; set; }

    /// <summary>Number of output features.</summary>
    public long out_features { get; set; }

    /// <summary>W [out_features, in_features].</summary>
    public Parameter weight
    {
        get => _weight!;
        set => ReplaceParameter(nameof(weight), ref _weight, value);
    }

    /// <summary>b [out_features], or null.</summary>
    public Parameter? bias
    {
        get => _bias;
        set => ReplaceParameter(nameof(bias), ref _bias, value);
    }

    /// <summary>Maps [..., in_features] to [..., out_features].</summary>
    public override Tensor forward(Tensor tensor) => nn.functional.linear(tensor, weight, bias);
}
