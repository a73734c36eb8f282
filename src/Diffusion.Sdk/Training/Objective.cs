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

    /// <summary>The right answer [N, ...]: the noise, x_0 or the velocity. A tensor of the batch, or a new one of the current scope.</summary>
    public Tensor Target(Batch batch) => _scheduler.PredictionType switch
    {
        PredictionType.Epsilon => batch.Noise,
        PredictionType.Sample => batch.Clean,
        _ => _scheduler.GetVelocity(batch.Clean, batch.Noise, batch.Timesteps),
    };

    /// <summary>The mean squared error, each sample weighted by its timestep; a scalar with gradients.</summary>
    public Tensor Loss(Tensor output, Tensor target, long[] timesteps)
    {
        if (_weights is null)
        {
            return nn.functional.mse_loss(output, target);
        }
        var weights = new float[timesteps.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = _weights[timesteps[i]];
        }
        long[] shape = new long[output.dim()];
        Array.Fill(shape, 1);
        shape[0] = weights.Length;
        Tensor column = tensor(weights, shape, output.dtype, output.device); // [N, 1, ..., 1]
        return output.sub(target).square().mul(column).mean();
    }
}
