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

    internal static TrainingOptions TinyImages { get; } = TrainingOptions.Images with
    {
        Steps = 30, BatchSize = 4, ReportEvery = 10, HorizontalFlips = true, Threads = 1,
    };

    /// <summary>Twelve images of 8 x 8, a bright block each, of three classes.</summary>
    internal static ImageData Images { get; } = ImageData.FromPixels(
        [.. Enumerable.Range(0, 12 * 64).Select(i => (byte)(i % 8 / 3 == i / 64 % 3 ? 255 : 0))], 1, 8, 8,
        [.. Enumerable.Range(0, 12).Select(i => i % 3L)]);

    internal static DdpmScheduler NewScheduler(PredictionType prediction = PredictionType.Epsilon) =>
        new(new DdpmSchedulerConfig { NumTrainTimesteps = 20, PredictionType = prediction, ClipSample = false });

    internal static MlpDenoiser NewDenoiser() => new(TinyConfig);

    /// <summary>A U-Net of two levels and 8 channels, with attention, for <see cref="Images"/>.</summary>
    internal static UNet2DModel NewUNet(int? numClasses = null) => new(new UNet2DConfig
    {
        SampleSize = 8,
        InChannels = 1,
        OutChannels = 1,
        BlockOutChannels = [8, 8],
        DownBlockTypes = [DownBlockType.DownBlock2D, DownBlockType.AttnDownBlock2D],
        UpBlockTypes = [UpBlockType.AttnUpBlock2D, UpBlockType.UpBlock2D],
        LayersPerBlock = 1,
        NormNumGroups = 4,
        NumClassEmbeds = numClasses,
    });

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
