using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>A loss that weighs classes or elements.</summary>
public abstract class WeightedLoss<T1, T2, TResult> : Loss<T1, T2, TResult>
{
    /// <summary>Makes a loss.</summary>
    /// <param name="weight">The weights, which the loss owns from now on; null weighs all alike.</param>
    /// <param name="reduction">How the losses of the elements become one.</param>
    public WeightedLoss(Tensor? weight = null, nn.Reduction reduction = nn.Reduction.Mean)
        : base(reduction)
    {
        this.weight = weight;
        ConditionallyRegisterBuffer(nameof(weight), weight);
    }

    /// <summary>The weights.</summary>
    [field: ComponentName(Name = nameof(weight))]
    public Tensor? weight { get; }
}
