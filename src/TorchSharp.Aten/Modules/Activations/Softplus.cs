using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>The activation log(1 + exp(beta x)) / beta, and x itself where beta x exceeds the threshold.</summary>
public sealed class Softplus : ParameterLessModule<Tensor, Tensor>
{
    internal Softplus(double beta, double threshold)
        : base(nameof(Softplus)) =>
        (this.beta, this.threshold) = (beta, threshold);

    /// <summary>Sharpness.</summary>
    public double beta { get; set; }

    /// <summary>Where the function turns into the identity.</summary>
    public double threshold { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor tensor) => nn.functional.softplus(tensor, beta, threshold);
}
