using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Diffusion.Sdk.DependencyInjection;
using Diffusion.Sdk.Imaging;
using Diffusion.Sdk.Pipelines;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Docs.Tests;

/// <summary>README.md and the pages under docs; docfx itself need not be installed.</summary>
public sealed class DocsTests : SnippetTest
{
    private static readonly string s_root = typeof(DocsTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "Root").Value!;

    private static readonly DocsChecker s_checker = new(
        s_root,
        DocsChecker.ReadUids(
            new[] { "Diffusion.Sdk", "Diffusion.Sdk.Imaging", "TorchSharp.Aten" }
                .Select(name => Path.Combine(AppContext.BaseDirectory, $"{name}.xml"))
                .Where(File.Exists))); // of TorchSharp.Aten under TorchProvider=aten alone

    [Fact]
    public void Links_OfEveryPage_Lead() => None(s_checker.Links());

    [Fact]
    public void TableOfContents_HasEveryPageOnce() => None(s_checker.TableOfContents());

    [Fact]
    public void Snippets_OfEveryPage_AreCutFromCodeThatRuns() => None(s_checker.Snippets());

    [Fact]
    public void Commands_OfEveryPage_Exist() => None(s_checker.Commands());

    [Fact]
    public void Names_OfEveryPage_Exist() => None(s_checker.Names(
        [.. typeof(Samples).Assembly.GetExportedTypes(), .. typeof(SamplesExtensions).Assembly.GetExportedTypes()]));

    /// <summary>Only the folders of the pipelines are replaced, by one that exists.</summary>
    [Fact]
    public void Configurations_OfEveryPage_AreAcceptedByAHost()
    {
        Given.Pipeline("saved");
        JsonNode[] blocks = [.. s_checker.Pages.SelectMany(page => page.Blocks)
            .Where(block => block.Language == "json")
            .Select(block => JsonNode.Parse(string.Join('\n', block.Lines))!)
            .Where(json => json["Diffusion"] is not null)];
        Assert.NotEmpty(blocks);
        foreach (JsonNode json in blocks)
        {
            JsonObject pipelines = json["Diffusion"]!["Pipelines"]!.AsObject();
            foreach ((_, JsonNode? pipeline) in pipelines)
            {
                pipeline!["Folder"] = "saved";
            }
            using var text = new MemoryStream(Encoding.UTF8.GetBytes(json.ToJsonString()));
            var services = new ServiceCollection();
            services.AddDiffusion(new ConfigurationBuilder().AddJsonStream(text).Build().GetSection("Diffusion"));
            using ServiceProvider provider = services.BuildServiceProvider();

            DiffusionOptions options = provider.GetRequiredService<IOptions<DiffusionOptions>>().Value;

            Assert.Equal(pipelines.Count, options.Pipelines.Count);
        }
    }

    /// <summary>What docfx would read is there; whether it likes it, only docfx can say.</summary>
    [Fact]
    public void DocfxJson_NamesProjectsAndPages()
    {
        string folder = Path.Combine(s_root, "docs");
        using var docfx = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "docfx.json")));
        JsonElement source = docfx.RootElement.GetProperty("metadata")[0].GetProperty("src")[0];
        string from = Path.Combine(folder, source.GetProperty("src").GetString()!);
        string[] projects = [.. source.GetProperty("files").EnumerateArray().Select(file => file.GetString()!)];

        Assert.All(projects, project => Assert.True(File.Exists(Path.Combine(from, project)), project));
        Assert.Equal(
            Directory.GetFiles(Path.Combine(s_root, "src"), "*.csproj", SearchOption.AllDirectories)
                .Select(Path.GetFileName).Order(StringComparer.Ordinal),
            projects.Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private static void None(IEnumerable<string> problems) =>
        Assert.True(!problems.Any(), string.Join('\n', problems));
}
