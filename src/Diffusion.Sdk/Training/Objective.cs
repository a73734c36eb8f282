using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Training;

/// <summary>What the denoiser is to say, and how far off it is. Shapes: N batch, T training timesteps.</summary>
internal sealed class Objective
{
    private readonly Scheduler _scheduler;
    private readonly float[]? _weights; // [T]

    public Objective(Scheduler scheduler, double? minSnrGamma)
    {
        _scheduler = scheduler;
        if (minSnrGamma is { } gamma)
        {
            _weights = new float[scheduler.NumTrainTimesteps];
            for (int t = 0; t < _weights.Length; t++)
            {
                _weights[t] = (float)LossWeights.MinSnr(scheduler.SignalToNoise(t), gamma, scheduler.PredictionType);
            }
        }
    }

    /// <summary>
    /// The right answer [N, ...]: the noise, x_0 or the velocity. A tensor of the batch, or a new one of the current
    /// scope.
    /// </summary>
    public Tensor Target(Batch batch) => _scheduler.PredictionType switch
    {
        PredictionType.Epsilon => batch.Noise,
        PredictionType.Sample => batch.Clean,
        _ => _scheduler.GetVelocity(batch.Clean, batch.Noise, batch.Timesteps),
    };

    /// <summary>The mean squared error, each sample weighted by its timestep, and its gradient by the output.</summary>
    /// <param name="output">What the denoiser said, [N, ...].</param>
    /// <param name="target">The right answer, [N, ...].</param>
    /// <param name="timesteps">[N].</param>
    /// <returns>A scalar and [N, ...], both without gradients of their own; they belong to the current scope.</returns>
    public (Tensor Loss, Tensor Gradient) Loss(Tensor output, Tensor target, long[] timesteps)
    {
        using IDisposable withoutGradients = no_grad();
        Tensor error = output.sub(target);
        Tensor weighted = _weights is null ? error : error.mul(Column(timesteps, output));
        Tensor loss = weighted.mul(error).mean();
        return (loss, weighted.mul_(2.0 / error.NumberOfElements));
    }

    // The weights of a batch, [N, 1, ..., 1].
    private Tensor Column(long[] timesteps, Tensor like)
    {
        var weights = new float[timesteps.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = _weights![timesteps[i]];
        }
        long[] shape = new long[like.dim()];
        Array.Fill(shape, 1);
        shape[0] = weights.Length;
        return tensor(weights, shape, like.dtype, like.device);
    }
}
