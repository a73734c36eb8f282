#region from-pretrained-usings
using Diffusion.Sdk.Imaging;
using Diffusion.Sdk.Pipelines;
#endregion
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Training;

namespace Docs.Tests.Snippets;

/// <summary>Folders, hosts and speed.</summary>
public sealed class Keeping : SnippetTest
{
    [Fact]
    public void FromPretrained()
    {
        Given.Pipeline("moons");

        #region from-pretrained
        using var pipeline = DdpmPipeline.FromPretrained("moons");
        pipeline.Generate(1000, seed: 1).SavePng("moons.png");
        #endregion

        Assert.True(File.Exists("moons.png"));
    }

    [Fact]
    public void Folders()
    {
        using MlpDenoiser model = Given.Points();
        DdpmScheduler scheduler = Given.Noise();
        using var pipeline = new DdpmPipeline(model, scheduler);
        using var average = new EmaModel(model);

        #region files-save
        pipeline.SavePretrained("moons");                          // the whole pipeline
        scheduler.SavePretrained("noise");                         // scheduler_config.json alone
        average.SavePretrained("average");                         // an EmaModel: averages, decay and step
        #endregion

        #region files-load
        using var loaded = DdpmPipeline.FromPretrained("moons");
        Scheduler noise = Scheduler.FromPretrained("noise");       // of whatever class the file names
        DdimScheduler ddim = DdimScheduler.FromPretrained("noise"); // its numbers as DDIM
        using EmaModel going = EmaModel.FromPretrained("average", loaded.Denoiser);
        #endregion

        Assert.IsType<DdpmScheduler>(noise);
        Assert.Equal(100, ddim.NumTrainTimesteps);
        Assert.Equal(0, going.OptimizationStep);
    }

    [Fact]
    public async Task Hosting()
    {
        Given.Pipeline("models/moons");

        #region hosting-register
        var services = new ServiceCollection();
        services.AddDiffusion(options => options with { MaxConcurrentRuns = 2 })
            .AddPipeline("moons", "models/moons")
            .AddPipeline("fresh", provider => new DdpmPipeline(
                new MlpDenoiser(), new DdpmScheduler(),
                provider.GetRequiredService<DdpmPipelineOptions>() with { OwnsDenoiser = true }));
        #endregion

        #region hosting-use
        using ServiceProvider provider = services.BuildServiceProvider();
        var moons = provider.GetRequiredKeyedService<DdpmPipeline>("moons");
        Samples[] both = await Task.WhenAll(moons.GenerateAsync(64, seed: 1), moons.GenerateAsync(64, seed: 2));
        #endregion

        Assert.Equal(2, both.Length);
        Assert.NotNull(provider.GetRequiredKeyedService<DdpmPipeline>("fresh"));
    }

    [Fact]
    public void Speed()
    {
        using MlpDenoiser model = Given.Points();
        DdpmScheduler scheduler = Given.Noise();

        #region speed-process
        ProcessTuning.WaitPassively();                             // before any tensor is made
        ProcessTuning.SetBlasThreads(1);                           // small models, or many runs at once
        #endregion

        #region speed-precision
        using var pipeline = new DdpmPipeline(
            model, scheduler, new DdpmPipelineOptions { Precision = Precision.Auto, DefaultSteps = 50 });
        Samples made = pipeline.Generate(1000, seed: 1);
        Console.WriteLine($"computed in {made.Precision}, with the kernels of {ProcessTuning.DescribeKernels()}");
        #endregion

        Assert.NotEqual(Precision.Auto, made.Precision);
    }
}
