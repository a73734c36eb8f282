using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.DependencyInjection;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Diffusion.Sdk.Tests.DependencyInjection;

public sealed class DiffusionOptionsTests : DiffusionTest
{
    [Fact]
    public void Configuration_EveryKey_IsBound()
    {
        DiffusionOptions options = Read(Section($$"""
            {
              "MaxConcurrentRuns": 3,
              "Compatibility": "Diffusers",
              "DefaultPipeline": "a",
              "Scheduler": { "NumTrainTimesteps": 500, "BetaSchedule": "SquaredCosCapV2", "ClipSample": false },
              "Pipelines": {
                "a": { "Folder": "{{Saved}}", "DefaultSteps": 7, "AllowOnlineWeights": true, "Precision": "Auto" }
              }
            }
            """));

        Assert.Equal(3, options.MaxConcurrentRuns);
        Assert.Equal(SchedulerCompatibility.Diffusers, options.Compatibility);
        Assert.Equal("a", options.DefaultPipeline);
        Assert.Equal(
            new DdpmSchedulerConfig { NumTrainTimesteps = 500, BetaSchedule = BetaSchedule.SquaredCosCapV2, ClipSample = false },
            options.Scheduler);
        var expected = new PipelineFolderOptions
        {
            Folder = Saved, DefaultSteps = 7, AllowOnlineWeights = true, Precision = Precision.Auto,
        };
        Assert.Equal(expected, options.Pipelines["a"]);
    }

    [Fact]
    public void Configuration_Pipelines_AreRegisteredWithTheirOptions()
    {
        var services = new ServiceCollection();
        AddSmall(services.AddDiffusion(Section(
            $$"""{ "Pipelines": { "a": { "Folder": "{{Saved}}", "DefaultSteps": 7 } }, "Compatibility": "Diffusers" }""")));
        using ServiceProvider provider = services.BuildServiceProvider();

        var pipeline = provider.GetRequiredKeyedService<DdpmPipeline>("a");

        Assert.Equal(pipeline.Generate(2, 7, 1).Values.ToArray(), pipeline.Generate(2, seed: 1).Values.ToArray());
        Assert.Equal(SchedulerCompatibility.Diffusers, pipeline.Scheduler.Compatibility);
    }

    [Fact]
    public async Task Configuration_RelativeFolder_IsInTheContentRootOfTheHost()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings
        {
            ContentRootPath = Path.GetDirectoryName(Saved),
        });
        AddSmall(builder.Services.AddDiffusion(Section("""{ "Pipelines": { "a": { "Folder": "pipeline" } } }""")));
        using IHost host = builder.Build();
        await host.StartAsync();

        Assert.Equal(Saved, host.Services.GetRequiredService<IOptions<DiffusionOptions>>().Value.Pipelines["a"].Folder);
        Assert.Equal([1, 2], host.Services.GetRequiredKeyedService<DdpmPipeline>("a").Generate(1, 2).Shape);
    }

    [Fact]
    public void Changes_AreAppliedInOrderOverTheConfiguration()
    {
        var services = new ServiceCollection();
        services.AddDiffusion(
            options => options with { MaxConcurrentRuns = 1, Compatibility = SchedulerCompatibility.Diffusers });
        services.AddDiffusion(Section("""{ "MaxConcurrentRuns": 5 }"""));
        services.AddDiffusion(options => options with { MaxConcurrentRuns = options.MaxConcurrentRuns + 1 });
        using ServiceProvider provider = services.BuildServiceProvider();

        DiffusionOptions options = provider.GetRequiredService<IOptions<DiffusionOptions>>().Value;

        Assert.Equal(6, options.MaxConcurrentRuns);
        Assert.Equal(SchedulerCompatibility.Diffusers, options.Compatibility);
    }

    [Fact]
    public void AddPipeline_FolderForAConfiguredName_KeepsTheFirst()
    {
        var services = new ServiceCollection();
        services.AddDiffusion(SectionWith(["a"])).AddPipeline("a", "/somewhere/else");
        using ServiceProvider provider = services.BuildServiceProvider();

        Assert.Equal(Saved, provider.GetRequiredService<IOptions<DiffusionOptions>>().Value.Pipelines["a"].Folder);
    }

    [Theory]
    [InlineData("""{ "MaxConcurrentRuns": 0 }""", "MaxConcurrentRuns is 0; expected an integer in [1, 1024].")]
    [InlineData("""{ "MaxConcurrentRuns": 1025 }""", "MaxConcurrentRuns is 1025; expected an integer in [1, 1024].")]
    [InlineData("""{ "Compatibility": "7" }""", "Compatibility is 7; expected one of Corrected, Diffusers.")]
    [InlineData(
        """{ "DefaultPipeline": "a" }""", "DefaultPipeline is \"a\"; expected a pipeline, but none is registered.")]
    [InlineData("""{ "Pipelines": { "a": { "DefaultSteps": 5 } } }""", "Pipelines:a:Folder is empty; expected the folder of a pipeline.")]
    [InlineData("""{ "Pipelines": { "a": { "Folder": "/nowhere" } } }""",
        "Pipelines:a:Folder is \"/nowhere\", which has no model_index.json; expected the folder of a pipeline.")]
    [InlineData("""{ "MaxConcurrentRuns": 0, "Compatibility": "9" }""",
        "MaxConcurrentRuns is 0; expected an integer in [1, 1024].; Compatibility is 9; expected one of Corrected, Diffusers.")]
    public async Task Host_ValueOutOfRange_DoesNotStart(string json, string expected) =>
        Assert.Equal(expected, await StartError(Section(json)));

    [Fact]
    public async Task Host_DefaultThatIsNotThere_NamesThoseThatAre() =>
        Assert.Equal(
            "DefaultPipeline is \"c\"; expected one of \"a\", \"b\".",
            await StartError(SectionWith(["a", "b"], """, "DefaultPipeline": "c" """)));

    [Fact]
    public async Task Host_StepsOutOfRange_DoesNotStart() =>
        Assert.Equal(
            "Pipelines:a:DefaultSteps is 0; expected an integer of at least 1, or nothing.",
            await StartError(Section($$"""{ "Pipelines": { "a": { "Folder": "{{Saved}}", "DefaultSteps": 0 } } }""")));

    [Fact]
    public async Task Host_UnknownPrecision_DoesNotStart() =>
        Assert.Equal(
            "Pipelines:a:Precision is 7; expected one of Full, BFloat16, Auto.",
            await StartError(Section($$"""{ "Pipelines": { "a": { "Folder": "{{Saved}}", "Precision": "7" } } }""")));

    [Theory]
    [InlineData(
        """{ "Scheduler": { "BetaStart": 1.5 } }""", "Scheduler: BetaStart is 1.5; expected a number in (0, 1).")]
    [InlineData("""{ "Scheduler": { "PredictionType": "5" } }""", "Scheduler: PredictionType is 5; expected one of Epsilon, Sample, VPrediction.")]
    public async Task Host_SchedulerOutOfRange_DoesNotStart(string json, string expected) =>
        Assert.StartsWith(expected, await StartError(Section(json)), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{ "MaxConcurentRuns": 2 }""", "MaxConcurentRuns")]
    [InlineData("""{ "Scheduler": { "Steps": 2 } }""", "Steps")]
    [InlineData("""{ "Pipelines": { "a": { "Directory": "x" } } }""", "Directory")]
    [InlineData("""{ "Compatibility": "Diffuser" }""", "Diffuser")]
    [InlineData("""{ "Scheduler": { "BetaSchedule": "cosine" } }""", "cosine")]
    [InlineData("""{ "MaxConcurrentRuns": "many" }""", "many")]
    public async Task Host_UnknownKeyOrValue_DoesNotStartAndNamesIt(string json, string named)
    {
        string message = await StartError(Section(json));

        Assert.StartsWith(
            "The section \"Diffusion\" of the configuration is not valid: ", message, StringComparison.Ordinal);
        Assert.Contains($"'{named}'", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_UnknownKey_WholeMessage() =>
        Assert.Equal(
            "The section \"Diffusion\" of the configuration is not valid: 'ErrorOnUnknownConfiguration' was set on the provided " +
            "BinderOptions, but the following properties were not found on the instance of " +
            "Diffusion.Sdk.DependencyInjection.DiffusionOptions: 'MaxConcurentRuns'",
            await StartError(Section("""{ "MaxConcurentRuns": 2 }""")));

    [Fact]
    public async Task Host_PipelineNobodyRegistered_DoesNotStart()
    {
        string folder = Saved;
        var pipelines = new Dictionary<string, PipelineFolderOptions> { ["a"] = new() { Folder = folder } };

        Assert.Equal(
            "Pipelines:a is not registered; expected a pipeline, but none is registered. AddPipeline registers it.",
            await StartError(services => services.AddDiffusion(options => options with { Pipelines = pipelines })));
    }

    [Fact]
    public async Task Host_ChangeThatReturnsNothing_SaysSo()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Start(services => services.AddDiffusion(_ => null!)));

        Assert.Equal("The function given to AddDiffusion returned null; expected the changed options.", error.Message);
    }

    private static DiffusionOptions Read(IConfiguration section)
    {
        var services = new ServiceCollection();
        services.AddDiffusion(section);
        using ServiceProvider provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<DiffusionOptions>>().Value;
    }

    private static Task<string> StartError(IConfiguration section) =>
        StartError(services => services.AddDiffusion(section));

    private static async Task<string> StartError(Action<IServiceCollection> add) =>
        (await Assert.ThrowsAsync<OptionsValidationException>(() => Start(add))).Message;

    private static async Task Start(Action<IServiceCollection> add)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        add(builder.Services);
        using IHost host = builder.Build();
        await host.StartAsync();
    }
}
