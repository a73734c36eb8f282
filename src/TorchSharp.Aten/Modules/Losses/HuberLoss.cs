using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>
/// Half the squared difference where it is below delta, else delta * (absolute difference - delta / 2).
/// </summary>
public sealed class HuberLoss : Loss<Tensor, Tensor, Tensor>
{
    /// <summary>Makes the loss.</summary>
    public HuberLoss(double delta = 1, nn.Reduction reduction = nn.Reduction.Mean)
        : base(reduction) =>
        this.delta = delta;

    /// <summary>Where the square turns into the absolute value.</summary>
    public double delta { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input, Tensor target) =>
        nn.functional.huber_loss(input, target, delta, reduction);
}
