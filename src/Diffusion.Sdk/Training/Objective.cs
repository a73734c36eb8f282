using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Diffusion.Sdk.Schedulers;
using TorchSharp;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

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
    /// <returns>The loss and [N, ...], without a gradient of its own; it belongs to the current scope.</returns>
    public (float Loss, Tensor Gradient) Loss(Tensor output, Tensor target, long[] timesteps)
    {
        using IDisposable withoutGradients = no_grad();
        Tensor error = output.sub(target);
        if (error.device_type == DeviceType.CPU && error.dtype == ScalarType.Float32 && error.is_contiguous())
        {
            return (Weigh(MemoryMarshal.Cast<byte, float>(error.bytes), timesteps), error);
        }
        Tensor weighted = _weights is null ? error : error.mul(Column(timesteps, output));
        Tensor loss = weighted.mul(error).mean();
        return (loss.item<float>(), weighted.mul_(2.0 / error.NumberOfElements));
    }

    // The loss of all errors, which become its gradient.
    private float Weigh(Span<float> errors, long[] timesteps)
    {
        double sum = 0;
        int size = errors.Length / timesteps.Length;
        for (int i = 0; i < timesteps.Length; i++)
        {
            Span<float> row = errors.Slice(i * size, size);
            float weight = _weights is null ? 1 : _weights[timesteps[i]];
            sum += (double)weight * TensorPrimitives.SumOfSquares<float>(row);
            TensorPrimitives.Multiply(row, (float)(weight * 2.0 / errors.Length), row);
        }
        return (float)(sum / errors.Length);
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
