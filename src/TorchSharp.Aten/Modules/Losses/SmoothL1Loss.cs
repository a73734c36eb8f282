using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>
/// Half the squared difference over beta where it is below beta, else the absolute difference less beta / 2.
/// </summary>
public sealed class SmoothL1Loss : Loss<Tensor, Tensor, Tensor>
{
    /// <summary>Makes the loss.</summary>
    public SmoothL1Loss(nn.Reduction reduction = nn.Reduction.Mean, double beta = 1)
        : base(reduction) =>
        this.beta = beta;

    /// <summary>Where the square turns into the absolute value.</summary>
    public double beta { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input, Tensor target) =>
        nn.functional.smooth_l1_loss(input, target, reduction, beta);
}
