#region controls-usings
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
#endregion
using Diffusion.Sdk.Data;
using Diffusion.Sdk.Training;

namespace Docs.Tests.Snippets;

/// <summary>Pages on the controls and on single samples.</summary>
public sealed class ControlsPage : SnippetTest
{
    [Fact]
    public void Controls()
    {
        using UNet2DModel unet = Given.Images(classes: 11);
        DdpmScheduler scheduler = new(new DdpmSchedulerConfig { NumTrainTimesteps = 100 });
        unet.TrainingRecord = new() { PredictionType = "epsilon", NumTrainTimesteps = 100, NullLabel = 10 };

        #region controls-guidance
        using var pipeline = new DdpmPipeline(unet, DdimScheduler.FromConfig(scheduler.Config));
        var guided = new GenerateOptions { Labels = [3], GuidanceScale = 2 };
        Samples threes = pipeline.Generate(64, steps: 50, options: guided);
        #endregion

        Assert.Equal(64, threes.Count);
    }

    [Fact]
    public void Inversion()
    {
        using UNet2DModel unet = Given.Images();
        DdpmScheduler scheduler = new(new DdpmSchedulerConfig { NumTrainTimesteps = 100 });
        var samples = new Samples(Given.Halves(2).Values.ToArray(), [2, 1, 8, 8]);

        #region controls-inversion
        var exact = DdimScheduler.FromConfig(scheduler.Config with { ClipSample = false });
        using var both = new DdpmPipeline(unet, exact);
        Samples noise = both.Invert(samples, steps: 100);
        Samples again = both.Generate(samples.Count, 100, options: new GenerateOptions { InitialNoise = noise });
        #endregion

        Assert.Equal(samples.Shape, again.Shape);
    }

    [Fact]
    public void LearnedVariance()
    {
        var data = TrainingData.FromValues([1, -1, 2, -2], 1);

        #region variance
        var model = new MlpDenoiser(new MlpDenoiserConfig { DataDimension = 1, LearnsVariance = true });
        var learned = new DdpmSchedulerConfig { VarianceType = VarianceType.LearnedRange, ClipSample = false };
        var noise = new DdpmScheduler(learned);
        TrainingOptions recipe = TrainingOptions.Recommended;
        recipe = recipe with { Steps = 5 }; // hidden
        new DiffusionTrainer(model, noise, recipe).Run(data).Dispose();
        #endregion

        model.Dispose();
    }

    [Fact]
    public void Ring()
    {
        using MlpDenoiser model = Given.Points();

        #region ring-variance
        var config = new DdpmSchedulerConfig { NumTrainTimesteps = 200, ClipSample = false };
        var small = new DdpmScheduler(config with { VarianceType = VarianceType.FixedSmall });
        var large = new DdpmScheduler(config with { VarianceType = VarianceType.FixedLarge });
        using var narrow = new DdpmPipeline(model, small);
        using var wide = new DdpmPipeline(model, large);
        #endregion

        Assert.NotEqual(narrow.Generate(2, seed: 1).Values.ToArray(), wide.Generate(2, seed: 1).Values.ToArray());
    }

    [Fact]
    public void Langevin()
    {
        using MlpDenoiser model = Given.Points();

        #region langevin
        var langevin = new LangevinSchedulerConfig { NumTrainTimesteps = 200, StepSize = 0.5 };
        using var pipeline = new DdpmPipeline(model, new LangevinScheduler(langevin));
        #endregion

        Assert.Equal(5, pipeline.Generate(5, steps: 10).Count);
    }
}
