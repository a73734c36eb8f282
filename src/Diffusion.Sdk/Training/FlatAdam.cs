using static TorchSharp.torch;

namespace Diffusion.Sdk.Training;

/// <summary>
/// Adam and AdamW on one flat buffer, by PyTorch's formula: eight operators a step, whatever the number of layers.
/// P: number of values.
/// </summary>
internal sealed class FlatAdam : IDisposable
{
    private readonly TrainingOptions _options;
    private readonly Tensor _denominator; // [P], scratch

    /// <summary>Starts at step 0 with zero moments.</summary>
    /// <param name="values">The weights, [P]; what is optimised.</param>
    /// <param name="options">Optimizer, betas, epsilon and weight decay.</param>
    public FlatAdam(Tensor values, TrainingOptions options)
    {
        _options = options;
        ExpAvg = zeros_like(values).DetachFromDisposeScope();
        ExpAvgSq = zeros_like(values).DetachFromDisposeScope();
        _denominator = empty_like(values).DetachFromDisposeScope();
    }

    /// <summary>Steps made.</summary>
    public long Steps { get; set; }

    /// <summary>The running mean of the gradient, [P].</summary>
    public Tensor ExpAvg { get; }

    /// <summary>The running mean of the squared gradient, [P].</summary>
    public Tensor ExpAvgSq { get; }

    /// <summary>One step. The gradient is used up: weight decay may be added to it.</summary>
    public void Step(Tensor values, Tensor gradient, double learningRate)
    {
        Steps++;
        (double beta1, double beta2) = (_options.Beta1, _options.Beta2);
        if (_options.WeightDecay > 0)
        {
            Decay(values, gradient, learningRate);
        }
        ExpAvg.mul_(beta1).add_(gradient, 1 - beta1);
        ExpAvgSq.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
        // lr / c1 * m / (sqrt(v) / sqrt(c2) + eps), multiplied through by sqrt(c2): one operator less.
        double correction1 = 1 - Math.Pow(beta1, Steps);
        double root2 = Math.Sqrt(1 - Math.Pow(beta2, Steps));
        _denominator.copy_(ExpAvgSq).sqrt_().add_(_options.Epsilon * root2);
        values.addcdiv_(ExpAvg, _denominator, -learningRate * root2 / correction1);
    }

    public void Dispose()
    {
        ExpAvg.Dispose();
        ExpAvgSq.Dispose();
        _denominator.Dispose();
    }

    private void Decay(Tensor values, Tensor gradient, double learningRate)
    {
        if (_options.Optimizer == OptimizerKind.AdamW)
        {
            values.mul_(1 - learningRate * _options.WeightDecay);
        }
        else
        {
            gradient.add_(values, _options.WeightDecay);
        }
    }
}
