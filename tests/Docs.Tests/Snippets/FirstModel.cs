#region first-usings
using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Imaging;
using Diffusion.Sdk.Metrics;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Training;
#endregion

namespace Docs.Tests.Snippets;

public sealed class FirstModel : SnippetTest
{
    [Fact]
    public void FromAnArrayToSamples()
    {
        #region first-data
        var random = new Random(1);
        var points = new float[500, 2];                          // N rows of D numbers: put your own here
        for (int i = 0; i < 500; i++)
        {
            float x = 4 * random.NextSingle() - 2;
            points[i, 0] = x;
            points[i, 1] = x * x + 0.2f * random.NextSingle();
        }
        TrainingData data = TrainingData.FromPoints(points);
        #endregion

        #region first-training
        ProcessTuning.SetBlasThreads(1);                         // small networks: faster
        using var model = new MlpDenoiser(new MlpDenoiserConfig { DataDimension = 2 });
        var scheduler = new DdpmScheduler(new DdpmSchedulerConfig { ClipSample = false });
        scheduler = Given.Noise(); // hidden
        TrainingOptions recipe = TrainingOptions.Recommended with { Steps = 8_000 };
        recipe = recipe with { Steps = 20 }; // hidden

        using TrainingResult training = new DiffusionTrainer(model, scheduler, recipe).Run(data);
        Console.WriteLine($"loss {training.Losses[0]:F2} at first, {training.MeanLoss(recipe.Steps):F2} at the end");
        #endregion

        #region first-samples
        using var pipeline = new DdpmPipeline(model, scheduler);
        Samples made = pipeline.Generate(1000, seed: 42);
        made.SavePng("made.png");
        float[] first = made[0].ToArray();                       // the two numbers of one sample
        #endregion

        #region first-measure
        MetricResult distance = PointMetrics.SlicedWasserstein(
            new PointCloud(made.Values, dimensions: 2), PointCloud.From(points));
        Console.WriteLine($"distance {distance}");
        #endregion

        #region first-save
        pipeline.SavePretrained("parabola");

        using var loaded = DdpmPipeline.FromPretrained("parabola");
        Samples again = loaded.Generate(1000, seed: 42);         // the same samples
        #endregion

        Assert.Equal(2, first.Length);
        Assert.Equal(made.Values.ToArray(), again.Values.ToArray());
        Assert.True(File.Exists("made.png"));
    }
}
