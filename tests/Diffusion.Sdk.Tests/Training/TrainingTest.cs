using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Training;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Training;

/// <summary>
/// A tiny training: a step takes well under a millisecond. After each test the live tensors are counted.
/// </summary>
public abstract class TrainingTest : TensorTest
{
    internal static MlpDenoiserConfig TinyConfig { get; } = new() { Width = 8, Depth = 1, TimeWidth = 4 };

    internal static TrainingOptions Tiny { get; } =
        new() { Steps = 30, BatchSize = 16, ReportEvery = 10, LearningRate = 1e-2 };

    internal static TrainingData Data { get; } = TrainingData.FromPoints(GaussianMixture.Ring().Sample(50, seed: 1));

    internal static DdpmScheduler NewScheduler(PredictionType prediction = PredictionType.Epsilon) =>
        new(new DdpmSchedulerConfig { NumTrainTimesteps = 20, PredictionType = prediction });

    internal static MlpDenoiser NewDenoiser() => new(TinyConfig);

    internal static DiffusionTrainer NewTrainer(Denoiser denoiser, TrainingOptions options) =>
        new(denoiser, NewScheduler(), options);

    internal static float[] Weights(nn.Module module) =>
        [.. module.parameters().SelectMany(parameter => Values(parameter))];

    internal static float[] Values(Tensor tensor)
    {
        using Tensor view = tensor.detach();
        using Tensor copy = view.clone();
        return copy.data<float>().ToArray();
    }
}
