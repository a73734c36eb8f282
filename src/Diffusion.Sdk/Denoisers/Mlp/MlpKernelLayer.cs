using Diffusion.Sdk.Numerics;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// A layer of <see cref="MlpKernelPass"/>, or the part of one that sees some of its inputs: the weight, and where its
/// gradient is among all. Shapes: R rows, I inputs, O outputs, P parameters.
/// </summary>
internal sealed unsafe class MlpKernelLayer : IDisposable
{
    private readonly DenseLayer _dense;
    private readonly float* _weight;
    private readonly long _stride;
    private readonly long _weightPlace; // in the gradient [P]
    private readonly long? _biasPlace;

    /// <param name="layer">The layer, with gradients.</param>
    /// <param name="gradient">All gradients, [P], of which the layer's are views.</param>
    /// <param name="rounded">Whether it multiplies in bfloat16.</param>
    /// <param name="first">The first input of the part.</param>
    /// <param name="inputs">I; null for all.</param>
    /// <param name="hasBias">Whether the layer's bias belongs to the part.</param>
    /// <param name="inputsLearn">Whether <see cref="Backward"/> is asked for.</param>
    public MlpKernelLayer(
        Linear layer, Tensor gradient, bool rounded, int first = 0, int? inputs = null, bool hasBias = true,
        bool inputsLearn = true)
    {
        (Inputs, Outputs, _stride) = (inputs ?? (int)layer.in_features, (int)layer.out_features, layer.in_features);
        _dense = new DenseLayer(Inputs, Outputs, rounded, differentiable: inputsLearn);
        _weight = Kernels.At<float>(layer.weight) + first;
        _weightPlace = Kernels.At<float>(layer.weight.grad) + first - Kernels.At<float>(gradient);
        if (hasBias)
        {
            Bias = Kernels.At<float>(layer.bias);
            _biasPlace = Kernels.At<float>(layer.bias!.grad) - Kernels.At<float>(gradient);
        }
    }

    public int Inputs { get; }

    public int Outputs { get; }

    /// <summary>[O], or null.</summary>
    public float* Bias { get; }

    /// <summary>Takes over the weight as it is now.</summary>
    public void Pack() => _dense.Pack(_weight, _stride);

    /// <summary>y = f(x W^T + b + addend); see <see cref="DenseLayer.Forward"/>.</summary>
    public void Forward(void* x, float* addend, void* y, void* slope, long rows, DenseActivation activation) =>
        _dense.Forward(x, Bias, addend, y, slope, rows, activation);

    /// <summary>y = x W^T + b in float32; see <see cref="DenseLayer.ForwardExact"/>.</summary>
    public void ForwardExact(void* x, float* y, long rows) => _dense.ForwardExact(x, Bias, y, rows);

    /// <summary>dx = (dz W) slope; see <see cref="DenseLayer.Backward"/>.</summary>
    public void Backward(void* dz, void* slope, void* dx, long rows) => _dense.Backward(dz, slope, dx, rows);

    /// <summary>Adds the layer's gradients to all, [P]; see <see cref="DenseLayer.AddGradient"/>.</summary>
    public void AddGradient(void* dz, void* x, float* gradient, void* scratch, long rows) => _dense.AddGradient(
        dz, x, gradient + _weightPlace, _stride, _biasPlace is { } place ? gradient + place : null, scratch, rows);

    public void Dispose() => _dense.Dispose();
}
