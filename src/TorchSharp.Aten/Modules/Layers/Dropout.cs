using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>In training, zeroes elements at random and scales the others by 1 / (1 - p).</summary>
public sealed class Dropout : ParameterLessModule<Tensor, Tensor>
{
    internal Dropout(double p, bool inplace)
        : base(nameof(Dropout)) =>
        (this.p, this.inplace) = (p, inplace);

    /// <summary>Probability of zeroing, in [0, 1].</summary>
    public double p { get; set; }

    /// <summary>Whether the input itself is changed.</summary>
    public bool inplace { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor tensor) => nn.functional.dropout(tensor, p, training, inplace);
}
