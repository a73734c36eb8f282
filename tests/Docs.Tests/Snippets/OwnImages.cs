#region images-usings
using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Imaging;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Training;
#endregion

namespace Docs.Tests.Snippets;

/// <summary>From an array to images that were asked for.</summary>
public sealed class OwnImages : SnippetTest
{
    [Fact]
    public void OwnArray()
    {
        #region images-array
        ProcessTuning.WaitPassively();                            // at the start of a program: training of images gets
        ProcessTuning.KeepFreedMemory();                          // up to several times faster

        byte[] pixels = new byte[2000 * 28 * 28];                 // [N, C, H, W], 0 is black, 255 white: put your own here
        long[] labels = new long[2000];                           // the class of each image: here 0 or 1
        labels[1] = 1; // hidden
        ImageData data = ImageData.FromPixels(pixels, channels: 1, height: 28, width: 28, labels, numClasses: 2);

        using var unet = new UNet2DModel(UNet2DConfig.SmallCpu with { NumClassEmbeds = 3 });    // the third is "none"
        var scheduler = new DdpmScheduler(new DdpmSchedulerConfig());
        TrainingOptions minutes = TrainingOptions.Images with
        {
            Steps = 1000,                                         // about four minutes on two cores
            LearningRate = 1e-3,
            LearningRateSchedule = new LearningRateSchedule { Shape = LearningRateShape.Cosine, WarmupSteps = 50 },
            Ema = [new EmaOptions { Decay = 0.99 }],
            LabelDropout = 0.1,                                   // for guidance
            Precision = Precision.Auto,
        };
        minutes = minutes with { Steps = 1, BatchSize = 2 }; // hidden
        new DiffusionTrainer(unet, scheduler, minutes).Run(data).Dispose();

        using var pipeline = new DdpmPipeline(unet, DdimScheduler.FromConfig(scheduler.Config));
        var ones = new GenerateOptions { Labels = [1], GuidanceScale = 2, UseClippedModelOutput = true };
        pipeline.Generate(64, steps: 50, seed: 1, options: ones).SaveGrid("ones.png");
        #endregion

        Assert.True(File.Exists("ones.png"));
    }
}
