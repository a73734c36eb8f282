#region readme-host-usings
using Diffusion.Sdk.Pipelines;
#endregion
using Microsoft.AspNetCore.Hosting;

namespace Docs.Tests.Snippets;

public sealed class ReadmeHost : SnippetTest
{
    [Fact]
    public async Task Host()
    {
        Given.Pipeline("moons");
        string[] args = [];

        #region readme-host
        var builder = WebApplication.CreateBuilder(args);
        builder.WebHost.UseUrls("http://127.0.0.1:0"); // hidden
        builder.Services.AddDiffusion().AddPipeline("moons", "moons");
        var app = builder.Build();
        app.MapGet("/points", async ([FromKeyedServices("moons")] DdpmPipeline pipeline, CancellationToken stop) =>
            (await pipeline.GenerateAsync(64, cancellationToken: stop)).Values.ToArray());
        Task<string> answer = Ask(app, "/points"); // hidden
        app.Run();
        #endregion

        Assert.Equal(128, (await answer).Split(',').Length);
    }

    /// <summary>Asks a host as soon as it has started, and stops it.</summary>
    private static Task<string> Ask(WebApplication app, string path)
    {
        var answer = new TaskCompletionSource<string>();
        app.Lifetime.ApplicationStarted.Register(async () =>
        {
            try
            {
                using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
                answer.SetResult(await client.GetStringAsync(new Uri(path, UriKind.Relative)));
            }
            catch (HttpRequestException error)
            {
                answer.SetException(error);
            }
            app.Lifetime.StopApplication();
        });
        return answer.Task;
    }
}
