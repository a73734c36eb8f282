using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Training;

/// <summary>
/// What a loss of one's own is made of; see <see cref="TrainingOptions.Loss"/>. Its tensors belong to the trainer and
/// hold for one step. Shapes: B batch; the rest as in a sample.
/// </summary>
public sealed class LossInput
{
    private readonly RandomStreams _streams;
    private int _calls;

    internal LossInput(Denoiser denoiser, Scheduler scheduler, in Batch batch, long step, RandomStreams streams)
    {
        (Denoiser, Scheduler, Step, _streams) = (denoiser, scheduler, step, streams);
        (Clean, Noise, Condition) = (batch.Clean, batch.Noise, batch.Condition);
        (Timesteps, TimestepTensor) = (batch.Timesteps, batch.TimestepTensor);
    }

    /// <summary>What is trained.</summary>
    public Denoiser Denoiser { get; }

    /// <summary>The noise.</summary>
    public Scheduler Scheduler { get; }

    /// <summary>The step, counted from 0.</summary>
    public long Step { get; }

    /// <summary>x_0, float32 [B, ...], in the units of the denoiser.</summary>
    public Tensor Clean { get; }

    /// <summary>Standard normal noise of the same shape.</summary>
    public Tensor Noise { get; }

    /// <summary>A timestep for each sample, uniform in [0, T); [B].</summary>
    public IReadOnlyList<long> Timesteps { get; }

    /// <summary>The same on the denoiser's device, int64 [B].</summary>
    public Tensor TimestepTensor { get; }

    /// <summary>
    /// The class of each sample, int64 [B], or the numbers it is conditioned on, float32 [B, C]; null for neither.
    /// </summary>
    public Tensor? Condition { get; }

    /// <summary>More standard normal noise with every call, the same whenever this step is made.</summary>
    /// <param name="valuesPerSample">How many numbers for each sample, at least 1.</param>
    /// <returns>float32 [B, valuesPerSample], of the current scope.</returns>
    public Tensor Normal(int valuesPerSample)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(valuesPerSample, 1);
        int batch = Timesteps.Count;
        var values = new float[batch * valuesPerSample];
        _streams.Normal(RandomPurpose.LossNoise, _calls++ * batch, batch, Step, values);
        return tensor(values, [batch, valuesPerSample], ScalarType.Float32, Clean.device);
    }
}
