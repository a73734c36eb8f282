using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>Sines of the timestep at given frequencies, then the cosines. Holds no weights. F: frequencies.</summary>
internal sealed class TimeWaves : nn.Module<Tensor, Tensor>
{
    // Fetched by name: a field of type Tensor would count as persistent state.
    private const string Frequencies = "frequencies";

    public TimeWaves(double[] frequencies)
        : base(nameof(TimeWaves))
    {
        using Tensor given = tensor(Array.ConvertAll(frequencies, frequency => (float)frequency));
        register_buffer(Frequencies, given.clone(), persistent: false);
    }

    /// <summary>Timesteps [N] as float32 [N, 2 F]; the caller disposes it.</summary>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor angles = input.to_type(ScalarType.Float32).unsqueeze(1).mul(get_buffer(Frequencies)!); // [N, F]
        return cat([angles.sin(), angles.cos()], 1).MoveToOuterDisposeScope();
    }
}
