using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Diffusion.Sdk.Testing;
using Diffusion.Sdk.Tests;

namespace Samples.Tests;

/// <summary>The HostApp sample as its clients see it.</summary>
public sealed class HostAppTests : TensorTest
{
    private const string Query = "model=digits&count=6&steps=4&seed=7&class=each&guidance=2";

    // So many steps that no test sees their end.
    private const string Endless = "/stream?count=64&steps=1000&seed=1";

    [Fact]
    public async Task Grid_SameSeed_IsTheSamePngOfTheRightSize()
    {
        await using HostAppServer server = await HostAppServer.Start();

        HttpResponseMessage response = await server.Client.GetAsync($"/grid.png?{Query}");

        Assert.Equal("image/png", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("7", response.Headers.GetValues("X-Seed").Single());
        byte[] png = await response.Content.ReadAsByteArrayAsync();
        (int width, int height, _) = PngReader.Read(png);
        Assert.Equal((3 * (56 + 2) - 2 + 20, 2 * (56 + 2) - 2 + 20), (width, height)); // 3 x 2 pictures, gaps and margins
        Assert.Equal(png, await server.Client.GetByteArrayAsync($"/grid.png?{Query}"));
        foreach (string other in (string[])["seed=8", "class=3", "guidance=5", "steps=5"])
        {
            string name = other.Split('=')[0];
            string changed = string.Join('&', Query.Split('&').Where(part => !part.StartsWith(name)).Append(other));
            byte[] otherPng = await server.Client.GetByteArrayAsync($"/grid.png?{changed}");
            Assert.False(png.SequenceEqual(otherPng), $"{other} changes nothing.");
        }
    }

    [Fact]
    public async Task Grid_NoSeed_DrawsASeedThatDrawsItAgain()
    {
        await using HostAppServer server = await HostAppServer.Start();

        Assert.Equal("9999999999", (await server.Client.GetAsync("/grid.png?steps=1&seed=9999999999"))
            .Headers.GetValues("X-Seed").Single());
        HttpResponseMessage response = await server.Client.GetAsync("/grid.png?steps=5");

        string seed = response.Headers.GetValues("X-Seed").Single();
        Assert.Equal(
            await response.Content.ReadAsByteArrayAsync(), await server.Client.GetByteArrayAsync($"/grid.png?steps=5&seed={seed}"));
    }

    [Fact]
    public async Task AnyEndpoint_WrongParameter_SaysNameValueAndExpectation()
    {
        (string Query, string Name, string Message)[] cases =
        [
            ("model=faces", "model", "model is \"faces\"; expected one of digits, clothes."),
            ("count=0", "count", "count is \"0\"; expected an integer in [1, 64]."),
            ("steps=many", "steps", "steps is \"many\"; expected an integer in [1, 1000]."),
            ("seed=1.5", "seed", "seed is \"1.5\"; expected an integer of 64 bits."),
            ("class=10", "class", "class is \"10\"; expected an integer in [0, 9], or \"each\"."),
            ("class=10&guidance=2", "class", "class is \"10\"; expected an integer in [0, 9], or \"each\"."),
            ("class=1&guidance=1,5", "guidance", "guidance is \"1,5\"; expected a number in [0, 20]."),
            ("class=1&guidance=NaN", "guidance", "guidance is \"NaN\"; expected a number in [0, 20]."),
            ("guidance=2", "guidance", "guidance is \"2\"; expected 1, since no class is asked for."),
            ("step=9", "step", "step is no parameter; expected one of model, count, steps, seed, class, guidance."),
        ];
        await using HostAppServer server = await HostAppServer.Start();

        foreach ((string query, string name, string message) in cases)
        {
            foreach (string path in (string[])["/grid.png", "/stream"])
            {
                HttpResponseMessage response = await server.Client.GetAsync($"{path}?{query}");

                Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
                Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
                JsonElement problem = await response.Content.ReadFromJsonAsync<JsonElement>();
                Assert.Equal(message, problem.GetProperty("errors").GetProperty(name)[0].GetString());
                Assert.Equal(message, problem.GetProperty("detail").GetString());
            }
        }
    }

    [Fact]
    public async Task Stream_AllSteps_EndsWithThePictureOfTheGrid()
    {
        await using HostAppServer server = await HostAppServer.Start();

        List<SseItem<string>> events = [];
        using (Stream stream = await server.Client.GetStreamAsync($"/stream?{Query}"))
        {
            await foreach (SseItem<string> item in SseParser.Create(stream).EnumerateAsync())
            {
                events.Add(item);
            }
        }

        Assert.Equal(["step", "step", "step", "step", "done"], events.Select(item => item.EventType));
        JsonElement[] data = [.. events.Select(item => JsonElement.Parse(item.Data))];
        Assert.Equal([1, 2, 3, 4], data[..4].Select(step => step.GetProperty("step").GetInt32()));
        Assert.Equal([750, 500, 250, 0], data[..4].Select(step => step.GetProperty("timestep").GetInt32()));
        Assert.All(data[..4], step => Assert.Equal(4, step.GetProperty("steps").GetInt32()));
        Assert.All(data[..4], step => Assert.Equal(
            PngReader.Read(Png(step, "image")).Rgba.Length, PngReader.Read(Png(step, "clean")).Rgba.Length));
        Assert.Equal(7, data[4].GetProperty("seed").GetInt32());
        Assert.Equal(await server.Client.GetByteArrayAsync($"/grid.png?{Query}"), Png(data[3], "image"));
    }

    [Fact]
    public async Task Stream_ManySteps_ShowsAHundredOfThemAndTheLast()
    {
        await using HostAppServer server = await HostAppServer.Start();

        int shown = 0, steps = 0;
        using (Stream stream = await server.Client.GetStreamAsync("/stream?count=1&steps=250&seed=1"))
        {
            await foreach (SseItem<string> item in SseParser.Create(stream).EnumerateAsync())
            {
                if (item.EventType == "step")
                {
                    JsonElement step = JsonElement.Parse(item.Data);
                    bool isShown = step.GetProperty("image").ValueKind == JsonValueKind.String;
                    shown += isShown ? 1 : 0;
                    steps = step.GetProperty("step").GetInt32();
                    Assert.True(isShown || steps < 250);
                }
            }
        }
        Assert.Equal(250, steps);
        Assert.InRange(shown, 80, 100);
    }

    [Fact]
    public async Task Stream_ReaderLeaves_EndsTheRunAndFreesItsPlace()
    {
        await using HostAppServer server = await HostAppServer.Start(false, "--Diffusion:MaxConcurrentRuns=1");

        using (await Begun(server))
        {
        }

        Assert.Matches("^The reader left: stopped after \\d{1,3} of 1000 steps.$", await server.Logged("The reader left"));
        await server.Client.GetByteArrayAsync($"/grid.png?{Query}");
    }

    [Fact]
    public async Task Stream_MoreThanRunAndWait_AreSentAwayUntilOneLeaves()
    {
        await using HostAppServer server = await HostAppServer.Start(
            false, "--Diffusion:MaxConcurrentRuns=1", "--MaxWaiting=1");
        Task<HttpResponseMessage> waiting;
        using (await Begun(server))
        {
            Task<HttpResponseMessage>[] two = [server.Client.GetAsync($"/grid.png?{Query}"), server.Client.GetAsync($"/grid.png?{Query}")];
            Task<HttpResponseMessage> first = await Task.WhenAny(two);
            waiting = two.Single(task => task != first);

            HttpResponseMessage refused = await first;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal(5, refused.Headers.RetryAfter?.Delta?.TotalSeconds);
            JsonElement problem = await refused.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal(
                "All runs are taken and the queue is full. Try again in 5 seconds.", problem.GetProperty("detail").GetString());
            Assert.False(waiting.IsCompleted);
        }
        Assert.Equal(HttpStatusCode.OK, (await waiting).StatusCode);
    }

    [Fact]
    public async Task Stop_RunsUnderWay_DoesNotWaitForThem()
    {
        HostAppServer server = await HostAppServer.Start();
        using (await Begun(server))
        {
            await server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        }
    }

    // A run whose first step has arrived.
    private static async Task<Stream> Begun(HostAppServer server)
    {
        Stream stream = await server.Client.GetStreamAsync(Endless);
        await stream.ReadExactlyAsync(new byte[100]);
        return stream;
    }

    private static byte[] Png(JsonElement step, string name) =>
        Convert.FromBase64String(step.GetProperty(name).GetString()!["data:image/png;base64,".Length..]);
}
