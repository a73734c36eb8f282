using Diffusion.Sdk.Numerics;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// Random Fourier features of timesteps or noise levels, as diffusers' class of this name: sines and cosines of
/// 2 pi w x with fixed random frequencies w. Tancik et al. 2020 (arXiv:2006.10739), section 4.
/// </summary>
public sealed class GaussianFourierProjection : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    private readonly bool _log;
    private readonly bool _flipSinToCos;

    /// <summary>Makes the projection with frequencies from a normal distribution.</summary>
    /// <param name="embeddingSize">How many frequencies, at least 1; the embedding is twice as wide.</param>
    /// <param name="scale">Standard deviation of the frequencies, finite and above 0.</param>
    /// <param name="log">Whether the input's logarithm is embedded.</param>
    /// <param name="flipSinToCos">Whether the cosines come first.</param>
    /// <param name="streams">Where the frequencies come from; null for those of seed 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public GaussianFourierProjection(
        int embeddingSize = 256, double scale = 1, bool log = true, bool flipSinToCos = false,
        RandomStreams? streams = null)
        : base(nameof(GaussianFourierProjection))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(embeddingSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(scale, 0);
        ArgumentOutOfRangeException.ThrowIfEqual(scale, double.PositiveInfinity);
        (_log, _flipSinToCos) = (log, flipSinToCos);
        var frequencies = new float[embeddingSize];
        (streams ?? new PhiloxStreams(0)).Normal(RandomPurpose.Initialization, 0, 1, 0, frequencies);
        _weight = new Parameter(
            tensor(Array.ConvertAll(frequencies, value => (float)scale * value)), requires_grad: false);
        RegisterComponents();
    }

    /// <summary>The frequencies, float32 [embeddingSize]; not trained.</summary>
    public Parameter Weight => _weight;

    /// <summary>Embeds timesteps or noise levels.</summary>
    /// <param name="input">[N]; above 0 where the logarithm is embedded.</param>
    /// <returns>float32 [N, 2 * embeddingSize]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var scope = NewDisposeScope();
        Tensor values = input.to_type(ScalarType.Float32);
        // The order of the reference: float32 rounds the angles, which reach several hundred.
        Tensor angles = (_log ? values.log() : values).unsqueeze(1).mul(_weight.unsqueeze(0)).mul_(2).mul_(Math.PI);
        (Tensor sines, Tensor cosines) = (angles.sin(), angles.cos());
        return cat(_flipSinToCos ? [cosines, sines] : [sines, cosines], 1).MoveToOuterDisposeScope();
    }
}
