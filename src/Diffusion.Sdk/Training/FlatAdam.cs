using Diffusion.Sdk.Numerics;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Training;

/// <summary>
/// Adam and AdamW on one flat buffer, by PyTorch's formula: one kernel a step, or eight operators, whatever the number
/// of layers.
/// P: number of values.
/// </summary>
internal sealed class FlatAdam : IDisposable
{
    private readonly TrainingOptions _options;
    private Tensor? _denominator; // [P], scratch

    /// <summary>Starts at step 0 with zero moments.</summary>
    /// <param name="values">The weights, [P]; what is optimised.</param>
    /// <param name="options">Optimizer, betas, epsilon and weight decay.</param>
    public FlatAdam(Tensor values, TrainingOptions options)
    {
        _options = options;
        ExpAvg = zeros_like(values).DetachFromDisposeScope();
        ExpAvgSq = zeros_like(values).DetachFromDisposeScope();
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
        // lr / c1 * m / (sqrt(v) / sqrt(c2) + eps), multiplied through by sqrt(c2): one operator less.
        double correction1 = 1 - Math.Pow(_options.Beta1, Steps);
        double root2 = Math.Sqrt(1 - Math.Pow(_options.Beta2, Steps));
        double rate = learningRate * root2 / correction1, epsilon = _options.Epsilon * root2;
        bool decoupled = _options.Optimizer == OptimizerKind.AdamW;
        double kept = decoupled ? 1 - learningRate * _options.WeightDecay : 1;
        double penalty = decoupled ? 0 : _options.WeightDecay;
        if (Kernels.ServeAll(values, gradient, ExpAvg))
        {
            Kernels.Adam(values, gradient, ExpAvg, ExpAvgSq, new AdamStep
            {
                MeanKept = (float)_options.Beta1,
                MeanAdded = (float)(1 - _options.Beta1),
                SquareKept = (float)_options.Beta2,
                SquareAdded = (float)(1 - _options.Beta2),
                Penalty = (float)penalty,
                ValuesKept = (float)kept,
                Rate = (float)rate,
                Epsilon = (float)epsilon,
            });
            return;
        }
        Compose(values, gradient, penalty, kept, rate, epsilon);
    }

    public void Dispose()
    {
        ExpAvg.Dispose();
        ExpAvgSq.Dispose();
        _denominator?.Dispose();
    }

    private void Compose(
        Tensor values, Tensor gradient, double penalty, double kept, double rate, double epsilon)
    {
        if (penalty > 0)
        {
            gradient.add_(values, penalty);
        }
        if (kept < 1)
        {
            values.mul_(kept);
        }
        ExpAvg.mul_(_options.Beta1).add_(gradient, 1 - _options.Beta1);
        ExpAvgSq.mul_(_options.Beta2).addcmul_(gradient, gradient, 1 - _options.Beta2);
        _denominator ??= empty_like(values).DetachFromDisposeScope();
        _denominator.copy_(ExpAvgSq).sqrt_().add_(epsilon);
        values.addcdiv_(ExpAvg, _denominator, -rate);
    }
}
