using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Metrics;

/// <summary>Convolution without bias, batch norm, ReLU. Keys: conv.weight and bn.*.</summary>
internal sealed class InceptionUnit : nn.Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-3;

    [ComponentName(Name = "conv")]
    private readonly Conv2d _conv;

    [ComponentName(Name = "bn")]
    private readonly BatchNorm2d _norm;

    public InceptionUnit(int inputs, InceptionConvolution shape)
        : base(nameof(InceptionUnit))
    {
        _conv = nn.Conv2d(
            inputs, shape.Outputs, (shape.Height, shape.Width), (shape.Stride, shape.Stride), shape.Padding,
            bias: false);
        _norm = nn.BatchNorm2d(shape.Outputs, Epsilon);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using Tensor convolved = _conv.forward(input);
        return nn.functional.relu(_norm.forward(convolved), inplace: true);
    }
}
