using Diffusion.Sdk.Numerics;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// The small network behind a time embedding, as diffusers' class of this name: linear, activation, linear.
/// </summary>
public sealed class TimestepEmbedding : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "linear_1")]
    private readonly Linear _linear1;

    [ComponentName(Name = "linear_2")]
    private readonly Linear _linear2;

    private readonly Activation _activation;

    /// <summary>
    /// Makes the network, with weights from libtorch's own generator; see <see cref="WeightInitialization"/>.
    /// </summary>
    /// <param name="inChannels">Width of the input, at least 1.</param>
    /// <param name="timeEmbedDim">Width inside and of the output, at least 1.</param>
    /// <param name="activation">The function between the layers.</param>
    /// <exception cref="ArgumentOutOfRangeException">A width is below 1.</exception>
    public TimestepEmbedding(int inChannels, int timeEmbedDim, Activation activation = Activation.Silu)
        : base(nameof(TimestepEmbedding))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inChannels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(timeEmbedDim, 1);
        _linear1 = nn.Linear(inChannels, timeEmbedDim);
        _linear2 = nn.Linear(timeEmbedDim, timeEmbedDim);
        _activation = activation;
        RegisterComponents();
    }

    /// <summary>The layer before the activation.</summary>
    internal Linear First => _linear1;

    /// <summary>The layer after the activation.</summary>
    internal Linear Second => _linear2;

    /// <summary>Maps embeddings.</summary>
    /// <param name="input">float32 [N, inChannels].</param>
    /// <returns>[N, timeEmbedDim], of the type of the weights; the caller disposes it.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor rounded = input.to_type(_linear1.weight.dtype);
        return _linear2.forward(_activation.Apply(_linear1.forward(rounded))).MoveToOuterDisposeScope();
    }
}
