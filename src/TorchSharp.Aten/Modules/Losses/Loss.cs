using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>A function of a prediction and a target that training makes small.</summary>
public abstract class Loss<T1, T2, TResult> : nn.Module<T1, T2, TResult>
{
    /// <summary>Makes a loss.</summary>
    public Loss(nn.Reduction reduction = nn.Reduction.Mean)
        : base(nameof(Loss<,,>)) =>
        this.reduction = reduction;

    /// <summary>How the losses of the elements become one.</summary>
    public nn.Reduction reduction { get; }
}
