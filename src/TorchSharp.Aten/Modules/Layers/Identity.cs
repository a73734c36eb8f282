using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Gives back its input.</summary>
public sealed class Identity : ParameterLessModule<Tensor, Tensor>
{
    internal Identity()
        : base(nameof(Identity))
    {
    }

    /// <summary>
    /// Gives back the input under a handle of its own, which can be disposed without touching the input.
    /// </summary>
    public override Tensor forward(Tensor tensor) => tensor.alias();
}
