using System.Runtime.InteropServices;

namespace Diffusion.Sdk.Numerics;

/// <summary>The numbers of one step of Adam, as kernels.h has them in struct dk_adam_step.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct AdamStep
{
    /// <summary>beta1.</summary>
    public required float MeanKept { get; init; }

    /// <summary>1 - beta1.</summary>
    public required float MeanAdded { get; init; }

    /// <summary>beta2.</summary>
    public required float SquareKept { get; init; }

    /// <summary>1 - beta2.</summary>
    public required float SquareAdded { get; init; }

    /// <summary>Of the values, added to the gradient: Adam's weight decay.</summary>
    public float Penalty { get; init; }

    /// <summary>What AdamW's weight decay leaves of the values; 1 without.</summary>
    public required float ValuesKept { get; init; }

    /// <summary>The learning rate, corrected for the start.</summary>
    public required float Rate { get; init; }

    /// <summary>Added to the root, corrected for the start.</summary>
    public required float Epsilon { get; init; }
}
