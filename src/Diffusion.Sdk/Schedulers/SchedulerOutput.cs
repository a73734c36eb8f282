using static TorchSharp.torch;

namespace Diffusion.Sdk.Schedulers;

/// <summary>What one step of a scheduler gives. The caller disposes it, or a dispose scope does.</summary>
/// <param name="PrevSample">The sample at the previous, less noisy timestep, [N, ...].</param>
/// <param name="PredOriginalSample">The x_0 that the step went by, after clipping, [N, ...].</param>
public sealed record SchedulerOutput(Tensor PrevSample, Tensor PredOriginalSample) : IDisposable
{
    /// <summary>Disposes both tensors.</summary>
    public void Dispose()
    {
        PrevSample.Dispose();
        PredOriginalSample.Dispose();
    }
}
