using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Cross entropy of logits [N, C, ...] against class indices [N, ...] or probabilities [N, C, ...].</summary>
public sealed class CrossEntropyLoss : WeightedLoss<Tensor, Tensor, Tensor>
{
    private const long DefaultIgnoreIndex = -100;

    /// <summary>Makes the loss.</summary>
    /// <param name="weight">Weight of each class [C], which the loss owns from now on; null weighs all alike.</param>
    /// <param name="ignore_index">A class index that does not count; null is -100.</param>
    /// <param name="reduction">How the losses of the items become one.</param>
    /// <param name="label_smoothing">Share of the uniform law that is mixed into the target, in [0, 1].</param>
    public CrossEntropyLoss(
        Tensor? weight = null,
        long? ignore_index = null,
        nn.Reduction reduction = nn.Reduction.Mean,
        double label_smoothing = 0)
        : base(weight, reduction) =>
        (this.ignore_index, this.label_smoothing) = (ignore_index, label_smoothing);

    /// <summary>A class index that does not count.</summary>
    public long? ignore_index { get; }

    /// <summary>Share of the uniform law that is mixed into the target.</summary>
    public double label_smoothing { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input, Tensor target) => nn.functional.cross_entropy(
        input, target, weight, ignore_index ?? DefaultIgnoreIndex, reduction, label_smoothing);
}
