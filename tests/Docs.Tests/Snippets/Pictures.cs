#region metrics-usings
using Diffusion.Sdk.Data;
using Diffusion.Sdk.Metrics;
using Diffusion.Sdk.Pipelines;
#endregion
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Imaging;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Training;
using TorchSharp;

namespace Docs.Tests.Snippets;

/// <summary>Images and how good they are.</summary>
public sealed class Pictures : SnippetTest
{
    [Fact]
    public void Network()
    {
        #region images-network
        var shape = new UNet2DConfig
        {
            SampleSize = 32,
            InChannels = 3,                                       // colours; 1 for grey
            OutChannels = 3,
            BlockOutChannels = [32, 64, 64],                      // three levels: 32, 16 and 8 pixels wide
            DownBlockTypes = [DownBlockType.DownBlock2D, DownBlockType.DownBlock2D, DownBlockType.AttnDownBlock2D],
            UpBlockTypes = [UpBlockType.AttnUpBlock2D, UpBlockType.UpBlock2D, UpBlockType.UpBlock2D],
        };
        using var unet = new UNet2DModel(shape);
        #endregion

        Assert.Equal([3, 32, 32], unet.SampleShape);
    }

    [Fact]
    public void Training()
    {
        Directory.CreateDirectory("pictures/left");
        Directory.CreateDirectory("pictures/right");
        PixelImage[] images = new Samples(Given.Halves(4).Values.ToArray(), [4, 1, 8, 8]).ToImages();
        for (int i = 0; i < images.Length; i++)
        {
            images[i].SavePng($"pictures/{(i % 2 == 0 ? "left" : "right")}/{i}.png");
        }
        using UNet2DModel unet = Given.Images();

        #region images-train
        ImageData data = ImageFolder.Load("pictures");        // PNG files; each folder in it is a class
        var scheduler = new DdpmScheduler(new DdpmSchedulerConfig());
        TrainingOptions recipe = TrainingOptions.Images with
        {
            HorizontalFlips = true,                               // where a mirror image is as good
            Previews = new PreviewOptions
            {
                Every = 2000,
                Show = preview => preview.Pipeline.Generate(16, steps: 50).SaveGrid($"step-{preview.Step}.png"),
            },
        };
        recipe = recipe with { Steps = 2, BatchSize = 2, Previews = recipe.Previews with { Every = 2 } }; // hidden
        new DiffusionTrainer(unet, scheduler, recipe).Run(data).Dispose();
        #endregion

        Assert.True(File.Exists("step-2.png"));
    }

    [Fact]
    public void Classifier()
    {
        Given.Mnist();
        using UNet2DModel unet = Given.Images();
        using var pipeline = new DdpmPipeline(unet, Given.Noise(), new DdpmPipelineOptions { DefaultSteps = 2 });
        ImageData trainingImages = Given.Halves(40), testImages = Given.Halves(40);

        #region metrics-images
        using ImageClassifier classifier = ImageClassifier.Train(trainingImages);   // once; Save(path) keeps it
        double accuracy = classifier.Accuracy(testImages);                          // say it beside the numbers

        Samples generated = pipeline.Generate(2000);
        generated = pipeline.Generate(20); // hidden
        ImageReport report = generated.CompareWith(testImages, classifier);
        Console.WriteLine(report);
        #endregion

        Assert.InRange(accuracy, 0.9, 1);
    }

    [Fact]
    public void Points()
    {
        float[,] real = PointSets.Moons(1000, seed: 2);
        using MlpDenoiser model = Given.Points();
        using var pipeline = new DdpmPipeline(model, Given.Noise());

        #region metrics-points
        PointCloud generated = new(pipeline.Generate(1000).Values, dimensions: 2), truth = PointCloud.From(real);
        Console.WriteLine($"sliced Wasserstein {PointMetrics.SlicedWasserstein(generated, truth)}");
        Console.WriteLine($"energy distance {PointMetrics.EnergyDistance(generated, truth)}");
        #endregion
    }

    [Fact]
    public void Inception()
    {
        if (!File.Exists("inception_v3.safetensors"))
        {
            // 100 MB that no test fetches: without them the line says which file is missing.
            Assert.Throws<FileNotFoundException>(Load);
        }

        static void Load()
        {
            #region metrics-inception
            using InceptionV3 network = InceptionV3.FromSafetensors("inception_v3.safetensors");
            #endregion
        }
    }
}
