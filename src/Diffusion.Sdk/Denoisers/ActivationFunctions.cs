using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>Applies an <see cref="Activation"/>.</summary>
internal static class ActivationFunctions
{
    /// <summary>A new tensor of the same shape.</summary>
    public static Tensor Apply(this Activation activation, Tensor input) => activation switch
    {
        Activation.Silu => nn.functional.silu(input),
        Activation.Relu => nn.functional.relu(input),
        Activation.Gelu => nn.functional.gelu(input),
        Activation.Mish when input.dtype == ScalarType.BFloat16 => MishInFloat32(input),
        Activation.Mish => nn.functional.mish(input),
        Activation.Tanh => nn.functional.tanh(input),
        _ => throw Unknown(activation),
    };

    /// <summary>Overwrites the tensor.</summary>
    public static void ApplyInPlace(this Activation activation, Tensor input) => _ = activation switch
    {
        Activation.Silu => nn.functional.silu(input, inplace: true),
        Activation.Relu => nn.functional.relu(input, inplace: true),
        Activation.Gelu => nn.functional.gelu(input, inplace: true),
        Activation.Mish when input.dtype == ScalarType.BFloat16 => input.copy_(MishInFloat32(input)),
        Activation.Mish => nn.functional.mish(input, inplace: true),
        Activation.Tanh => nn.functional.tanh(input, inplace: true),
        _ => throw Unknown(activation),
    };

    /// <summary>
    /// For a tensor that nobody else needs: overwritten where no gradients are recorded, else a new one.
    /// </summary>
    public static Tensor ApplyOwned(this Activation activation, Tensor input)
    {
        if (is_grad_enabled())
        {
            return activation.Apply(input);
        }
        activation.ApplyInPlace(input);
        return input;
    }

    // libtorch 1.13 has it for float32 and float64 only.
    private static Tensor MishInFloat32(Tensor input)
    {
        using Tensor wide = input.to_type(ScalarType.Float32);
        using Tensor output = nn.functional.mish(wide);
        return output.to_type(ScalarType.BFloat16);
    }

    private static ArgumentOutOfRangeException Unknown(Activation activation) =>
        new(nameof(activation), activation, "Unknown activation.");
}
