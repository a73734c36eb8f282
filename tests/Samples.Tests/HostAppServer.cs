using System.Collections.Concurrent;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Samples.Tests;

/// <summary>The HostApp sample on a free port, with a small untrained model of ten classes unless told
/// otherwise.</summary>
internal sealed class HostAppServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _folder = Directory.CreateTempSubdirectory("host-app-").FullName;
    private readonly Lines _log = new();

    private HostAppServer(bool shippedModels, string[] args)
    {
        if (!shippedModels)
        {
            Save(_folder);
            args = [.. args, $"--Diffusion:Pipelines:digits:Folder={_folder}", $"--Diffusion:Pipelines:clothes:Folder={_folder}"];
        }
        _app = HostApp.App.Create([.. args, "--urls=http://127.0.0.1:0", "--Logging:Console:LogLevel:Default=None"]);
        _app.Services.GetRequiredService<ILoggerFactory>().AddProvider(_log);
    }

    public HttpClient Client { get; } = new();

    public static async Task<HostAppServer> Start(bool shippedModels = false, params string[] args)
    {
        var server = new HostAppServer(shippedModels, args);
        await server._app.StartAsync();
        server.Client.BaseAddress = new Uri(server._app.Urls.Single());
        return server;
    }

    /// <summary>Waits until a line is logged, and gives it.</summary>
    public async Task<string> Logged(string start)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        string? line;
        while ((line = _log.Written.FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal))) is null)
        {
            await Task.Delay(10, late.Token);
        }
        return line;
    }

    /// <summary>Forgets what was logged.</summary>
    public void Forget() => _log.Written.Clear();

    public async ValueTask DisposeAsync()
    {
        if (!Directory.Exists(_folder))
        {
            return; // it was stopped already
        }
        await _app.StopAsync();
        await _app.DisposeAsync();
        Client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static void Save(string folder)
    {
        using var network = new UNet2DModel(Blocks.Sample.Network);
        nn.init.normal_(network.get_parameter("conv_out.weight")!); // zeros before a training, so that no class would show
        network.TrainingRecord = new TrainingRecord { PredictionType = "epsilon", NumTrainTimesteps = 1000, NullLabel = 10 };
        using var pipeline = new DdpmPipeline(network, new DdpmScheduler(new DdpmSchedulerConfig()));
        pipeline.SavePretrained(folder);
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Written { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => Written.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
