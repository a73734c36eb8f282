using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Pipelines;

/// <summary>A denoiser and a scheduler to generate with, and after each test the count of live tensors as
/// before.</summary>
public abstract class PipelineTest : IDisposable
{
    protected const int T = 40;

    private readonly long _before = Tensor.TotalCount;

    protected static DdpmSchedulerConfig Config { get; } = new() { NumTrainTimesteps = T, ClipSample = false };

    protected SmallDenoiser Denoiser { get; } = new();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        Denoiser.Dispose();
        Assert.Equal(_before, Tensor.TotalCount);
    }

    protected DdpmPipeline NewPipeline(DdpmPipelineOptions? options = null) =>
        new(Denoiser, new DdpmScheduler(Config), options);

    protected static TrainingRecord Record(string prediction = "epsilon", int timesteps = T) =>
        new() { PredictionType = prediction, NumTrainTimesteps = timesteps };
}
