using Diffusion.Sdk.Denoisers;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Pipelines;

/// <summary>
/// The precision of a pipeline: how it is found, and the denoiser's runs that it means. Safe on any number of threads.
/// </summary>
/// <param name="denoiser">The network.</param>
/// <param name="asked">What the options say.</param>
/// <param name="logger">Is told what was measured.</param>
internal sealed class SamplingPrecision(Denoiser denoiser, Precision asked, ILogger logger)
{
    private readonly Lock _gate = new();
    private Precision _chosen = asked;

    /// <summary>What was asked for, or the faster one by a measurement that the first run makes for all.</summary>
    /// <param name="rows">Samples of a block.</param>
    /// <param name="device">Where the denoiser is.</param>
    /// <returns><see cref="Precision.Full"/> or <see cref="Precision.BFloat16"/>.</returns>
    public Precision Choose(int rows, Device device)
    {
        lock (_gate)
        {
            return _chosen == Precision.Auto ? _chosen = FasterOrFull(rows, device) : _chosen;
        }
    }

    /// <summary>A run in a precision; the caller disposes it.</summary>
    public DenoiserRun Begin(Precision precision, IReadOnlyList<long> timesteps) =>
        denoiser.BeginSampling(timesteps, precision);

    private Precision FasterOrFull(int rows, Device device)
    {
        try
        {
            return Faster(rows, device);
        }
        catch (NotSupportedException error)
        {
            PipelineLog.OnlyFull(logger, error.Message);
            return Precision.Full;
        }
    }

    private Precision Faster(int rows, Device device)
    {
        using var scope = NewDisposeScope();
        using IDisposable withoutGradients = inference_mode();
        using IDisposable evaluation = EvaluationMode.Of(denoiser);
        Tensor sample = ones([rows, .. denoiser.SampleShape.Select(size => (long)size)], device: device);
        Tensor? condition = denoiser.ConditionWidth is { } width
            ? zeros([rows, width], device: device)
            : denoiser.NumClasses is null ? null : zeros([rows], ScalarType.Int64, device);
        using DenoiserRun full = Begin(Precision.Full, [0]);
        using DenoiserRun rounded = Begin(Precision.BFloat16, [0]);
        PrecisionTimes times = PrecisionTimes.Measure(() => Work(full), () => Work(rounded), TimeProvider.System);
        PipelineLog.PrecisionChosen(
            logger, times.Choice, times.Full.TotalMilliseconds, times.BFloat16.TotalMilliseconds);
        return times.Choice;

        void Work(DenoiserRun run)
        {
            using var inner = NewDisposeScope();
            _ = run.Predict(0, sample, condition).sum().item<float>(); // waits for a GPU
        }
    }
}
