using Diffusion.Sdk.Denoisers;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Training;

/// <summary>The precision of a training: how it is found, and the passes that it means.</summary>
/// <param name="denoiser">What is trained, laid out as <paramref name="flat"/> says.</param>
/// <param name="flat">Its weights and gradients.</param>
/// <param name="options">Batch size and what was asked for.</param>
/// <param name="numTrainTimesteps">T.</param>
internal sealed class TrainingPrecision(
    Denoiser denoiser, FlatParameters flat, TrainingOptions options, int numTrainTimesteps)
{
    /// <summary>What a checkpoint says, else what was asked for, else the faster one.</summary>
    /// <returns><see cref="Precision.Full"/> or <see cref="Precision.BFloat16"/>.</returns>
    public Precision Choose(Checkpoint? from, TimeProvider clock, ILogger logger)
    {
        if (from is null)
        {
            return options.Precision == Precision.Auto ? FasterOrFull(clock, logger) : options.Precision;
        }
        if (options.Precision != Precision.Auto && options.Precision != from.Precision)
        {
            TrainingLog.PrecisionOfCheckpoint(logger, from.Precision, options.Precision);
        }
        return from.Precision;
    }

    /// <summary>The passes of a precision; the caller disposes them.</summary>
    public TrainingPass Begin(Precision precision)
    {
        (int batchSize, Tensor gradient) = (options.BatchSize, flat.Gradient);
        return precision == Precision.Full
            ? denoiser.BeginTraining(batchSize, numTrainTimesteps, gradient)
            : denoiser.BeginRoundedTraining(batchSize, numTrainTimesteps, gradient)
                ?? new BFloat16Pass(denoiser, flat, batchSize, numTrainTimesteps);
    }

    private Precision FasterOrFull(TimeProvider clock, ILogger logger)
    {
        try
        {
            return Faster(clock, logger);
        }
        catch (NotSupportedException error)
        {
            TrainingLog.OnlyFull(logger, error.Message);
            return Precision.Full;
        }
    }

    private Precision Faster(TimeProvider clock, ILogger logger)
    {
        using var scope = NewDisposeScope();
        Device device = flat.Values.device;
        Tensor sample = ones([options.BatchSize, .. denoiser.SampleShape.Select(size => (long)size)], device: device);
        Tensor timesteps = zeros([options.BatchSize], ScalarType.Int64, device);
        Tensor? condition = denoiser.ConditionWidth is { } width
            ? zeros([options.BatchSize, width], device: device)
            : denoiser.NumClasses is null ? null : timesteps;
        using TrainingPass full = Begin(Precision.Full);
        using TrainingPass rounded = Begin(Precision.BFloat16);
        PrecisionTimes times = PrecisionTimes.Measure(() => Work(full), () => Work(rounded), clock);
        TrainingLog.PrecisionChosen(
            logger, times.Choice, times.Full.TotalMilliseconds, times.BFloat16.TotalMilliseconds);
        return times.Choice;

        void Work(TrainingPass pass)
        {
            using var inner = NewDisposeScope();
            pass.Backward(pass.Forward(sample, timesteps, condition).detach());
            _ = flat.Gradient.sum().item<float>(); // waits for a GPU
        }
    }
}
