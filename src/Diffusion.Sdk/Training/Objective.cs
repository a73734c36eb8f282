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
    private readonly VarianceBound? _bound;

    public Objective(Scheduler scheduler, double? minSnrGamma)
    {
        _scheduler = scheduler;
        _bound = scheduler is DdpmScheduler { LearnsVariance: true } learning ? new VarianceBound(learning) : null;
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

    /// <exception cref="InvalidOperationException">
    /// The output does not have the shape that the scheduler reads.
    /// </exception>
    public void CheckOutput(Tensor output, Tensor noisy)
    {
        long[] expected = [.. noisy.shape];
        expected[1] *= _bound is null ? 1 : 2;
        if (!output.shape.AsSpan().SequenceEqual(expected))
        {
            string why = _bound is null
                ? "that of the batch"
                : "that of the batch with twice the channels, since the scheduler learns its variance";
            throw new InvalidOperationException(
                $"The denoiser's output has shape [{string.Join(", ", output.shape)}]; expected {why}, " +
                $"[{string.Join(", ", expected)}].");
        }
    }

    /// <summary>
    /// The loss, and its gradient by the output: the mean squared error, and where the variance is learned the bound.
    /// </summary>
    /// <param name="output">What the denoiser said, [N, ...], or with twice the channels.</param>
    /// <param name="noisy">x_t, [N, ...].</param>
    /// <param name="batch">What x_t was made of.</param>
    /// <returns>The loss and the output's shape, without a gradient of its own; of the current scope.</returns>
    public (float Loss, Tensor Gradient) Loss(Tensor output, Tensor noisy, in Batch batch)
    {
        Tensor target = Target(batch);
        if (_bound is null)
        {
            return Loss(output, target, batch.Timesteps);
        }
        using IDisposable withoutGradients = no_grad();
        long channels = noisy.shape[1];
        Tensor prediction = output.narrow(1, 0, channels);
        (float simple, Tensor gradient) = Loss(prediction, target, batch.Timesteps);
        (Tensor bound, Tensor byVariance) =
            _bound.Of(prediction, output.narrow(1, channels, channels), noisy, batch.Clean, batch.Timesteps);
        return (simple + bound.item<float>(), cat([gradient, byVariance], 1));
    }

    /// <summary>The mean squared error, each sample weighted by its timestep, and its gradient by the output.</summary>
    /// <param name="output">What the denoiser said, [N, ...].</param>
    /// <param name="target">The right answer, [N, ...].</param>
    /// <param name="timesteps">[N].</param>
    /// <returns>The loss and [N, ...], without a gradient of its own; it belongs to the current scope.</returns>
    internal (float Loss, Tensor Gradient) Loss(Tensor output, Tensor target, long[] timesteps)
    {
        using IDisposable withoutGradients = no_grad();
        Tensor error = output.sub(target);
        if (error.device_type == DeviceType.CPU && error.dtype == ScalarType.Float32 && error.is_contiguous())
        {
            return (Weigh(MemoryMarshal.Cast<byte, float>(error.bytes), timesteps), error);
        }
        Tensor weighted = _weights is null ? error : error.mul(Column(_weights, timesteps, output));
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

    /// <summary>The entries of a table [T] at the timesteps of a batch, [N, 1, ..., 1].</summary>
    internal static Tensor Column(float[] table, long[] timesteps, Tensor like)
    {
        var weights = new float[timesteps.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = table[timesteps[i]];
        }
        long[] shape = new long[like.dim()];
        Array.Fill(shape, 1);
        shape[0] = weights.Length;
        return tensor(weights, shape, like.dtype, like.device);
    }
}
