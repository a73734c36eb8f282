using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Tests.Files;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Pipelines;

/// <summary>The pipeline with a DDIM scheduler: its choices, its noise, its folder.</summary>
public sealed class DdimPipelineTests : PipelineTest
{
    private const string Index = "pipeline/model_index.json";

    private static readonly DenoiserRegistry s_registry = DenoiserRegistry.Default.With(
        "SmallDenoiser", _ => new SmallDenoiser());

    private readonly TemporaryFolder _folder = new();

    protected override void Dispose(bool disposing)
    {
        _folder.Dispose();
        base.Dispose(disposing);
    }

    [Fact]
    public void Generate_SchedulerFromADdpmConfig_JustWorks()
    {
        var scheduler = new DdpmScheduler(Config);

        using var pipeline = new DdpmPipeline(Denoiser, DdimScheduler.FromConfig(scheduler.Config));

        Assert.Equal([64, 2], pipeline.Generate(64, steps: 5).Shape);
    }

    [Theory]
    [InlineData(0, false, true)]
    [InlineData(0.7, false, false)]
    [InlineData(1, true, true)]
    public void Generate_AnyChoice_FollowsTheSchedulersSteps(double eta, bool clipsOutput, bool clip)
    {
        DdimSchedulerConfig config = DdimScheduler.FromConfig(Config).Config with { ClipSample = clip };
        using var pipeline = new DdpmPipeline(Denoiser, new DdimScheduler(config));
        var options = new GenerateOptions { Eta = eta, UseClippedModelOutput = clipsOutput, BlockSize = 4 };

        Samples samples = pipeline.Generate(9, steps: 7, seed: 3, options);

        var byHand = new DdimScheduler(config) { Eta = eta, UseClippedModelOutput = clipsOutput };
        Assert.Equal(ByHand(byHand, 9, 7, 3), samples.Values.ToArray(), new Close(1e-5f));
    }

    [Fact]
    public void Generate_EtaOfTheScheduler_IsUsedUnlessTheCallSaysOtherwise()
    {
        using DdpmPipeline quiet = NewDdim(0), noisy = NewDdim(0.5);

        float[] expected = noisy.Generate(5, 6, 1).Values.ToArray();

        Assert.Equal(expected, quiet.Generate(5, 6, 1, new GenerateOptions { Eta = 0.5 }).Values.ToArray());
        Assert.NotEqual(expected, quiet.Generate(5, 6, 1).Values.ToArray());
        Assert.Equal(
            quiet.Generate(5, 6, 1).Values.ToArray(),
            noisy.Generate(5, 6, 1, new GenerateOptions { Eta = 0 }).Values.ToArray());
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.5, 1 + 5)]
    public void Generate_Eta_DrawsStepNoiseOnlyWhereItIsUsed(double eta, int draws)
    {
        using DdpmPipeline pipeline = NewDdim(eta);
        var streams = new RecordingStreams(new PhiloxStreams(4));

        pipeline.Generate(3, steps: 6, options: new GenerateOptions { Randomness = streams });

        Assert.Equal(draws, streams.Calls.Count);
    }

    [Theory]
    [InlineData(false, 1e-4f)]
    [InlineData(true, 0f)]
    public void Generate_FewerSamples_AreTheFirstOfMore(bool fixedBlocks, float tolerance)
    {
        using DdpmPipeline pipeline = NewDdim(0.5);
        var options = new GenerateOptions { FixedBlocks = fixedBlocks, BlockSize = 100 };

        float[] few = pipeline.Generate(64, 10, 11, options).Values.ToArray();
        float[] many = pipeline.Generate(256, 10, 11, options).Values.ToArray();

        Assert.Equal(many[..few.Length], few, new Close(tolerance));
    }

    [Fact]
    public void Generate_EtaForDdpm_SaysThatItHasNone()
    {
        using DdpmPipeline pipeline = NewPipeline();

        var error = Assert.Throws<ArgumentException>(
            () => pipeline.Generate(1, options: new GenerateOptions { Eta = 0.5 }));

        Assert.Contains(
            "Eta is 0.5, but the pipeline samples with a DdpmScheduler, which has no such choice; expected null, or",
            error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1.5)]
    [InlineData(double.NaN)]
    public void Generate_EtaOutOfRange_IsRefused(double eta)
    {
        using DdpmPipeline pipeline = NewDdim(0);

        var error = Assert.Throws<ArgumentOutOfRangeException>(
            () => pipeline.Generate(1, options: new GenerateOptions { Eta = eta }));

        Assert.Contains($"Eta is {eta}; expected a number in [0, 1]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_InverseScheduler_IsRefused()
    {
        var error = Assert.Throws<ArgumentException>(
            () => new DdpmPipeline(Denoiser, DdimInverseScheduler.FromConfig(Config)));

        Assert.Contains("DdimInverseScheduler, which goes from data to noise", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SavePretrained_DdimScheduler_IsADdimPipelineThatLoadsAsOne()
    {
        using DdpmPipeline pipeline = NewDdim(0);
        pipeline.SavePretrained(_folder.File("pipeline"));

        using DdpmPipeline loaded = DdpmPipeline.FromPretrained(_folder.File("pipeline"), denoisers: s_registry);

        string index = _folder.Read(Index);
        Assert.Contains("\"_class_name\": \"DDIMPipeline\"", index, StringComparison.Ordinal);
        Assert.Contains("\"DDIMScheduler\"", index, StringComparison.Ordinal);
        Assert.IsType<DdimScheduler>(loaded.Scheduler);
        Assert.Equal(pipeline.Scheduler.Config.ToJson(), loaded.Scheduler.Config.ToJson());
        Assert.Equal(pipeline.Generate(5, 5, 1).Values.ToArray(), loaded.Generate(5, 5, 1).Values.ToArray());
    }

    [Fact]
    public void SavePretrained_LoadedDdpmPipelineWithADdimScheduler_KeepsItsName()
    {
        using (DdpmPipeline pipeline = NewDdim(0))
        {
            pipeline.SavePretrained(_folder.File("given"));
        }
        string index = _folder.Read("given/model_index.json")
            .Replace("DDIMPipeline", "DDPMPipeline", StringComparison.Ordinal);
        _folder.Write("given/model_index.json", index);

        using (DdpmPipeline loaded = DdpmPipeline.FromPretrained(_folder.File("given"), denoisers: s_registry))
        {
            Assert.IsType<DdimScheduler>(loaded.Scheduler);
            loaded.SavePretrained(_folder.File("saved"));
        }

        Assert.Equal(index, _folder.Read("saved/model_index.json"));
    }

    [Fact]
    public void FromPretrained_DdimPipelineWithADdpmScheduler_MakesItDdim()
    {
        using (DdpmPipeline pipeline = NewPipeline())
        {
            pipeline.SavePretrained(_folder.File("pipeline"));
        }
        _folder.Write(Index, _folder.Read(Index).Replace("DDPMPipeline", "DDIMPipeline", StringComparison.Ordinal));

        using DdpmPipeline loaded = DdpmPipeline.FromPretrained(
            _folder.File("pipeline"), compatibility: SchedulerCompatibility.Diffusers, denoisers: s_registry);

        Assert.Equal(T, Assert.IsType<DdimScheduler>(loaded.Scheduler).NumTrainTimesteps);
        Assert.Equal(SchedulerCompatibility.Diffusers, loaded.Scheduler.Compatibility);
    }

    [Theory]
    [InlineData("ddim")]
    [InlineData("ddim_eta_clipped")]
    [InlineData("ddpm")]
    public void ModelIndex_RecordedPipelines_AreWrittenByteForByte(string name)
    {
        string path = GoldenFiles.Path($"pipelines/{name}/model_index.json");

        Assert.Equal(File.ReadAllText(path), ModelIndex.Load(path).ToJson());
    }

    private DdpmPipeline NewDdim(double eta) =>
        new(Denoiser, new DdimScheduler(DdimScheduler.FromConfig(Config).Config) { Eta = eta });

    /// <summary>Nothing but the scheduler's public steps: no blocks, no runs, no buffers.</summary>
    private float[] ByHand(DdimScheduler scheduler, int count, int steps, long seed)
    {
        Denoiser.eval();
        scheduler.SetTimesteps(steps);
        using IDisposable guard = no_grad();
        using var scope = NewDisposeScope();
        Tensor sample = new PhiloxStreams(seed).Normal(RandomPurpose.InitialNoise, 0, [count, 2], 0);
        for (int i = 0; i < steps; i++)
        {
            long timestep = scheduler.Timesteps[i];
            Tensor output = Denoiser.call(sample, full([count], timestep, ScalarType.Int64), null);
            Tensor noise = new PhiloxStreams(seed).Normal(RandomPurpose.StepNoise, 0, [count, 2], i);
            sample = scheduler.Step(output, timestep, sample, noise).PrevSample;
        }
        return sample.data<float>().ToArray();
    }
}
