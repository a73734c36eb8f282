#region readme-usings
using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Imaging;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Training;
#endregion

namespace Docs.Tests.Snippets;

public sealed class Readme : SnippetTest
{
    [Fact]
    public void Points()
    {
        #region readme-points
        ProcessTuning.SetBlasThreads(1);                                        // small models: up to 1.8 times faster
        using var model = new MlpDenoiser();
        // Images lie in [-1, 1] and predictions of them are clipped to that by default; points go further.
        var scheduler = new DdpmScheduler(new DdpmSchedulerConfig { ClipSample = false });
        scheduler = Given.Noise(); // hidden
        var data = TrainingData.FromPoints(PointSets.Moons(1000, seed: 1));    // or your own float[,]

        var recipe = TrainingOptions.Recommended with { Steps = 16_000 };      // a minute or two
        recipe = recipe with { Steps = 20 }; // hidden
        new DiffusionTrainer(model, scheduler, recipe).Run(data).Dispose();

        using var pipeline = new DdpmPipeline(model, scheduler);
        pipeline.Generate(1000, seed: 42).SavePng("moons.png");
        pipeline.SavePretrained("moons");                                       // diffusers' folder form
        #endregion

        Assert.True(File.Exists("moons.png"));
    }

    [Fact]
    public void Images()
    {
        Given.Mnist();

        #region readme-images
        ProcessTuning.WaitPassively();                                        // these two at the start of a program make
        ProcessTuning.KeepFreedMemory();                                      // training of images up to several times faster
        var shape = UNet2DConfig.SmallCpu;                                    // 28 x 28 x 1; UNet2DConfig.Gpu is larger
        shape = shape with { SampleSize = 8, BlockOutChannels = [8, 8, 8], AttentionHeadDim = 8 }; // hidden
        using var unet = new UNet2DModel(shape);
        var noise = new DdpmScheduler(new DdpmSchedulerConfig());
        ImageData digits = ImageData.FromIdx("artifacts/data/mnist/train-images-idx3-ubyte");
        var anHour = TrainingOptions.Images with { TimeLimit = TimeSpan.FromHours(1), Precision = Precision.Auto };
        anHour = anHour with { Steps = 1, BatchSize = 2 }; // hidden
        new DiffusionTrainer(unet, noise, anHour).Run(digits).Dispose();

        using var painter = new DdpmPipeline(unet, DdimScheduler.FromConfig(noise.Config));
        painter.Generate(64, steps: 50, seed: 1).SaveGrid("digits.png");
        #endregion

        Assert.True(File.Exists("digits.png"));
    }
}
