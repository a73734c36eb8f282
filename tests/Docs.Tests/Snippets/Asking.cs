using System.Numerics;
using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Training;

namespace Docs.Tests.Snippets;

/// <summary>Classes, numbers, guidance, and starts from samples that are there.</summary>
public sealed class Asking : SnippetTest
{
    [Fact]
    public void Guidance()
    {
        DdpmScheduler scheduler = Given.Noise();
        float[] values = [.. PointSets.Moons(200, seed: 1).Cast<float>()];
        long[] labels = [.. Enumerable.Range(0, 200).Select(i => (long)(i % 2))];

        #region guidance-train
        TrainingData data = TrainingData.FromValues(values, labels, 2);               // labels 0 and 1, points [2]
        var shape = new MlpDenoiserConfig { NumClassEmbeds = data.NumClasses + 1 };   // the last one is "none"
        using var model = new MlpDenoiser(shape);
        TrainingOptions recipe = TrainingOptions.Recommended with { LabelDropout = 0.1 };
        recipe = recipe with { Steps = 20 }; // hidden
        new DiffusionTrainer(model, scheduler, recipe).Run(data).Dispose();
        #endregion

        #region guidance-ask
        using var pipeline = new DdpmPipeline(model, scheduler);
        Samples plain = pipeline.Generate(200, options: new GenerateOptions { Labels = [1] });
        Samples guided = pipeline.Generate(200, options: new GenerateOptions { Labels = [1], GuidanceScale = 2 });
        Samples any = pipeline.Generate(200, options: new GenerateOptions { GuidanceScale = 0, Labels = [1] });
        #endregion

        Assert.Equal(plain.Shape, guided.Shape);
        Assert.Equal(plain.Shape, any.Shape);
    }

    [Fact]
    public void Ring()
    {
        float[] values = [.. PointSets.Moons(80, seed: 1).Cast<float>()];
        long[] labels = [.. Enumerable.Range(0, 80).Select(i => (long)(i % 8))];
        DdpmScheduler scheduler = Given.Noise();

        #region ring-classes
        var data = TrainingData.FromValues(values, labels, 2);
        var model = new MlpDenoiser(new MlpDenoiserConfig { NumClassEmbeds = 9 });
        // ... and once it is trained:
        using var pipeline = new DdpmPipeline(model, scheduler);
        pipeline.Generate(800, options: new GenerateOptions { Labels = [3] });
        #endregion

        Assert.Equal(8, data.NumClasses);
        model.Dispose();
    }

    [Fact]
    public void Radius()
    {
        Vector2[] points = [new(3, 0), new(0, 2)];
        DdpmScheduler scheduler = Given.Noise();

        #region ring-numbers
        var data = TrainingData.FromPoints(points, points.Select(point => new[] { point.Length() }));
        var model = new MlpDenoiser(new MlpDenoiserConfig { ConditionWidth = 1 });
        // ... and once it is trained:
        using var pipeline = new DdpmPipeline(model, scheduler);
        pipeline.Generate(200, options: new GenerateOptions { Conditions = new[,] { { 2.5f } } });
        #endregion

        Assert.Equal(1, data.ConditionWidth);
        model.Dispose();
    }

    [Fact]
    public void Starts()
    {
        using MlpDenoiser model = Given.Points();
        DdpmScheduler scheduler = Given.Noise();
        using var pipeline = new DdpmPipeline(model, scheduler);

        #region start-strength
        var sketch = new Samples([1.5f, 0.2f], [1, 2]);                      // one point, in the units of the data
        Samples near = pipeline.Generate(100, options: new GenerateOptions { Original = sketch, Strength = 0.3 });
        #endregion

        #region start-known
        var half = new GenerateOptions { Original = sketch, Known = [true, false], Resamples = 5 };
        Samples filled = pipeline.Generate(100, options: half);              // x is 1.5 in all, y is made up
        #endregion

        #region start-latents
        using DdpmPipeline ddim = pipeline.WithScheduler(DdimScheduler.FromConfig(scheduler.Config));
        Samples noise = ddim.Invert(sketch, steps: 100);
        Samples back = ddim.Generate(1, steps: 100, options: new GenerateOptions { InitialNoise = noise });
        #endregion

        Assert.Equal([100, 2], near.Shape);
        Assert.Equal(1.5f, filled[99][0]);
        Assert.Equal(sketch[0][0], back[0][0], 0.5f);
    }
}
