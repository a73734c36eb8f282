using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// The sinusoidal embedding of timesteps, as diffusers' class of this name: sines and cosines of the timestep at
/// frequencies that fall geometrically from 1 to 1 / max_period. Vaswani et al. 2017 (arXiv:1706.03762), section 3.5.
/// All arithmetic is float32, as in the reference. Holds no weights.
/// </summary>
public sealed class Timesteps : nn.Module<Tensor, Tensor>
{
    // Fetched by name: a field of type Tensor would count as persistent state.
    private const string Frequencies = "frequencies";

    private readonly bool _flipSinToCos;
    private readonly long _padding;

    /// <summary>Makes the embedding.</summary>
    /// <param name="numChannels">Width of the embedding, at least 2; if odd, the last column is 0.</param>
    /// <param name="flipSinToCos">Whether the cosines come first.</param>
    /// <param name="downscaleFreqShift">
    /// Taken from half the width where the exponents are divided by it; below half the width.
    /// </param>
    /// <param name="scale">Factor on the angles, finite.</param>
    /// <param name="maxPeriod">The period of the slowest wave over 2 pi, above 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public Timesteps(
        int numChannels, bool flipSinToCos = true, double downscaleFreqShift = 0, double scale = 1,
        double maxPeriod = 10000)
        : base(nameof(Timesteps))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numChannels, 2);
        int half = numChannels / 2;
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(downscaleFreqShift, half);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(maxPeriod, 1);
        if (!double.IsFinite(scale) || !double.IsFinite(downscaleFreqShift))
        {
            throw new ArgumentOutOfRangeException(nameof(scale), scale, "scale and downscaleFreqShift must be finite.");
        }
        NumChannels = numChannels;
        Scale = scale;
        (_flipSinToCos, _padding) = (flipSinToCos, numChannels % 2);
        using var scope = NewDisposeScope();
        using IDisposable withoutGradients = no_grad();
        // exp(-ln(max_period) i / (half - shift)), step by step in float32.
        Tensor exponents = arange(0, half, 1, ScalarType.Float32).mul_(-Math.Log(maxPeriod));
        Tensor frequencies = exponents.div_(half - downscaleFreqShift).exp_();
        register_buffer(Frequencies, frequencies, persistent: false);
    }

    /// <summary>Width of the embedding.</summary>
    public int NumChannels { get; }

    /// <summary>Factor on the angles.</summary>
    public double Scale { get; }

    /// <summary>Embeds timesteps.</summary>
    /// <param name="input">Timesteps [N], of any number type.</param>
    /// <returns>float32 [N, NumChannels]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var scope = NewDisposeScope();
        Tensor angles = input.to_type(ScalarType.Float32).unsqueeze(1).mul(get_buffer(Frequencies)!); // [N, half]
        if (Scale != 1)
        {
            angles.mul_(Scale);
        }
        (Tensor sines, Tensor cosines) = (angles.sin(), angles.cos());
        List<Tensor> columns = _flipSinToCos ? [cosines, sines] : [sines, cosines];
        if (_padding > 0)
        {
            columns.Add(zeros([input.shape[0], _padding], ScalarType.Float32, input.device));
        }
        return cat(columns, 1).MoveToOuterDisposeScope();
    }
}
