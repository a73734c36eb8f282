using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// One linear layer of <see cref="MlpTrainingPass"/>, with SiLU behind it or without: fixed buffers, in-place
/// operators. Shapes: N batch, I inputs, O outputs.
/// </summary>
internal sealed class MlpStage : IDisposable
{
    private readonly List<Tensor> _owned = [];
    private readonly Tensor _input; // [N, I]
    private readonly Tensor _weight; // [O, I]
    private readonly Tensor _weightTransposed;
    private readonly Tensor _bias;
    private readonly Tensor _weightGradient;
    private readonly Tensor _biasGradient;
    private readonly Tensor? _slope; // [N, O]: sigmoid(z), then the derivative of SiLU, then the gradient by z
    private readonly Tensor? _slopeTransposed;

    /// <param name="layer">The layer, with gradients.</param>
    /// <param name="input">Where its input will be, [N, I].</param>
    /// <param name="activates">Whether SiLU follows.</param>
    /// <param name="output">Where the output goes, [N, O]; null for a buffer of its own.</param>
    public MlpStage(Linear layer, Tensor input, bool activates, Tensor? output = null)
    {
        _input = input;
        _weight = Own(layer.weight.detach());
        _weightTransposed = Own(_weight.t());
        _bias = Own(layer.bias!.detach());
        _weightGradient = Own(layer.weight.grad!);
        _biasGradient = Own(layer.bias!.grad!);
        long[] shape = [input.size(0), layer.out_features];
        Output = output ?? Own(empty(shape, _weight.dtype, _weight.device));
        if (activates)
        {
            _slope = Own(empty(shape, _weight.dtype, _weight.device));
            _slopeTransposed = Own(_slope.t());
        }
    }

    /// <summary>What <see cref="Forward"/> leaves, [N, O].</summary>
    public Tensor Output { get; }

    /// <summary>The layer's weight, [O, I], without gradients.</summary>
    public Tensor Weight => _weight;

    /// <summary>Output = SiLU(z) or z, with z = input W^T + b.</summary>
    public void Forward()
    {
        Output.copy_(_bias).addmm_(_input, _weightTransposed);
        if (_slope is not null)
        {
            _slope.copy_(Output).sigmoid_();
            Output.mul_(_slope); // a = z s
        }
    }

    /// <summary>Overwrites the layer's gradients.</summary>
    /// <param name="outputGradient">The gradient of the loss by <see cref="Output"/>, [N, O].</param>
    /// <returns>The gradient by z, [N, O]; without SiLU that is <paramref name="outputGradient"/> itself.</returns>
    public Tensor Backward(Tensor outputGradient)
    {
        if (_slope is null)
        {
            using Tensor transposed = outputGradient.t();
            Collect(outputGradient, transposed);
            return outputGradient;
        }
        // SiLU'(z) = s + z s (1 - s) = (s - a s) + a.
        _slope.addcmul_(Output, _slope, -1).add_(Output).mul_(outputGradient);
        Collect(_slope, _slopeTransposed!);
        return _slope;
    }

    public void Dispose() => _owned.ForEach(tensor => tensor.Dispose());

    private void Collect(Tensor gradient, Tensor transposed)
    {
        _weightGradient.addmm_(transposed, _input, beta: 0);
        using Tensor sum = gradient.sum(dim: 0); // named: a bare 0 would be taken for an element type
        _biasGradient.copy_(sum);
    }

    private Tensor Own(Tensor tensor)
    {
        _owned.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }
}
