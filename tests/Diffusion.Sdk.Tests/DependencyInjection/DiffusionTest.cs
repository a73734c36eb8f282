using Diffusion.Sdk.DependencyInjection;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Tests.Files;
using Diffusion.Sdk.Tests.Pipelines;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Diffusion.Sdk.Tests.DependencyInjection;

/// <summary>A saved pipeline, and hosts to load it into.</summary>
public abstract class DiffusionTest : PipelineTest
{
    private readonly TemporaryFolder _folder = new();

    protected DiffusionTest()
    {
        using DdpmPipeline pipeline = NewPipeline();
        pipeline.SavePretrained(Saved);
    }

    /// <summary>A folder with the pipeline of a <see cref="SmallDenoiser"/>.</summary>
    protected string Saved => _folder.File("pipeline");

    protected override void Dispose(bool disposing)
    {
        _folder.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>The section "Diffusion" of a configuration given as JSON.</summary>
    protected static IConfiguration Section(string json)
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes($$"""{ "Diffusion": {{json}} }"""));
        return new ConfigurationBuilder().AddJsonStream(stream).Build().GetSection("Diffusion");
    }

    /// <summary>A section with the saved pipeline under each name, and other keys.</summary>
    protected IConfiguration SectionWith(string[] names, string more = "") => Section(
        $$"""{ "Pipelines": { {{string.Join(", ", names.Select(name => $$""" "{{name}}": { "Folder": "{{Saved}}" } """))}} } {{more}} }""");

    protected static IDiffusionBuilder AddSmall(IDiffusionBuilder builder) =>
        builder.AddDenoiser("SmallDenoiser", _ => new SmallDenoiser());

    /// <summary>A pipeline made by a function, as a host would.</summary>
    protected static DdpmPipeline Make(IServiceProvider services) => new(
        new SmallDenoiser(), new DdpmScheduler(Config),
        services.GetRequiredService<DdpmPipelineOptions>() with { OwnsDenoiser = true });
}
