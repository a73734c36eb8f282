using Diffusion.Sdk.DependencyInjection;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Diffusion.Sdk.Tests.DependencyInjection;

public sealed class AddDiffusionLifetimeTests : DiffusionTest
{
    [Fact]
    public void AddDiffusion_Builder_HasTheServicesAndTheDefaultName()
    {
        var services = new ServiceCollection();

        IDiffusionBuilder builder = services.AddDiffusion();

        Assert.Same(services, builder.Services);
        Assert.Equal(Options.DefaultName, builder.Name);
    }

    [Fact]
    public void Pipelines_AreSingletonsOfTheirName()
    {
        var services = new ServiceCollection();
        services.AddDiffusion().AddPipeline("a", Make).AddPipeline("b", Make);
        using ServiceProvider provider = services.BuildServiceProvider(validateScopes: true);
        using IServiceScope scope = provider.CreateScope();

        var a = provider.GetRequiredKeyedService<DdpmPipeline>("a");

        Assert.Same(a, scope.ServiceProvider.GetRequiredKeyedService<DdpmPipeline>("a"));
        Assert.NotSame(a, provider.GetRequiredKeyedService<DdpmPipeline>("b"));
        Assert.Null(provider.GetKeyedService<DdpmPipeline>("c"));
    }

    [Fact]
    public void DefaultPipeline_OnlyOne_IsThatOne()
    {
        var services = new ServiceCollection();
        services.AddDiffusion().AddPipeline("a", Make);
        using ServiceProvider provider = services.BuildServiceProvider();

        Assert.Same(provider.GetRequiredKeyedService<DdpmPipeline>("a"), provider.GetRequiredService<DdpmPipeline>());
        Assert.Equal([3, 2], provider.GetRequiredService<DdpmPipeline>().Generate(3, 2).Shape);
    }

    [Fact]
    public void DefaultPipeline_Named_IsThatOne()
    {
        var services = new ServiceCollection();
        services.AddDiffusion(options => options with { DefaultPipeline = "b" })
            .AddPipeline("a", Make).AddPipeline("b", Make);
        using ServiceProvider provider = services.BuildServiceProvider();

        Assert.Same(provider.GetRequiredKeyedService<DdpmPipeline>("b"), provider.GetRequiredService<DdpmPipeline>());
    }

    [Fact]
    public void DefaultPipeline_NoneOrSeveral_SaysWhatToDo()
    {
        using ServiceProvider none = Build(_ => { });
        using ServiceProvider several = Build(builder => builder.AddPipeline("a", Make).AddPipeline("b", Make));

        Assert.Equal(
            "No pipeline is registered. AddDiffusion().AddPipeline(name, folder) registers one.", Message(none));
        Assert.Equal(
            "2 pipelines are registered (\"a\", \"b\"), so one is resolved by its name, or DiffusionOptions.DefaultPipeline says " +
            "which is the default.", Message(several));

        static string Message(ServiceProvider provider) =>
            Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<DdpmPipeline>()).Message;

        static ServiceProvider Build(Action<IDiffusionBuilder> add)
        {
            var services = new ServiceCollection();
            add(services.AddDiffusion());
            return services.BuildServiceProvider();
        }
    }

    [Fact]
    public void Provider_Disposed_DisposesPipelinesAndWhatTheyOwn()
    {
        var services = new ServiceCollection();
        services.AddDiffusion().AddPipeline("a", Make);
        DdpmPipeline pipeline;
        using (ServiceProvider provider = services.BuildServiceProvider())
        {
            pipeline = provider.GetRequiredService<DdpmPipeline>();
            using (IServiceScope scope = provider.CreateScope())
            {
                Assert.Same(pipeline, scope.ServiceProvider.GetRequiredService<DdpmPipeline>());
            }
            Assert.Equal(1, pipeline.Generate(1, 1).Count); // a scope's end leaves singletons alone
        }

        Assert.Throws<ObjectDisposedException>(() => pipeline.Generate(1));
        Assert.All(pipeline.Denoiser.parameters(), parameter => Assert.True(parameter.IsInvalid));
    }

    [Fact]
    public void Schedulers_AreTransientAndAsTheOptionsSay()
    {
        var services = new ServiceCollection();
        services.AddDiffusion(
            options => options with { Scheduler = Config, Compatibility = SchedulerCompatibility.Diffusers });
        using ServiceProvider provider = services.BuildServiceProvider();

        var first = provider.GetRequiredService<DdpmScheduler>();
        Scheduler second = provider.GetRequiredService<Scheduler>();

        Assert.NotSame(first, second);
        Assert.NotSame(first, provider.GetRequiredService<DdpmScheduler>());
        Assert.Equal(Config, second.Config);
        Assert.Equal(SchedulerCompatibility.Diffusers, first.Compatibility);
    }

    [Fact]
    public void Worker_IsOneForAllAndBoundsTheRuns()
    {
        var services = new ServiceCollection();
        services.AddDiffusion(options => options with { MaxConcurrentRuns = 3 });
        using ServiceProvider provider = services.BuildServiceProvider();

        var worker = provider.GetRequiredService<TorchWorker>();

        Assert.Equal(3, worker.MaxConcurrency);
        Assert.Same(worker, provider.GetRequiredService<DdpmPipelineOptions>().Worker);
        Assert.NotSame(
            provider.GetRequiredService<DdpmPipelineOptions>(), provider.GetRequiredService<DdpmPipelineOptions>());
    }

    [Fact]
    public void AddDiffusion_Twice_IsHarmless()
    {
        var once = new ServiceCollection();
        once.AddDiffusion().AddPipeline("a", Make);
        var twice = new ServiceCollection();
        twice.AddDiffusion().AddPipeline("a", Make);
        twice.AddDiffusion().AddPipeline("a", _ => throw new InvalidOperationException("the second registration"));
        using ServiceProvider provider = twice.BuildServiceProvider();

        Assert.Equal(1, provider.GetRequiredService<DdpmPipeline>().Generate(1, 1).Count);
        Assert.Single(provider.GetServices<IValidateOptions<DiffusionOptions>>());
        Assert.Equal(
            once.Where(IsOurs).Select(service => service.ServiceType),
            twice.Where(IsOurs).Select(service => service.ServiceType));

        static bool IsOurs(ServiceDescriptor service) => service.ServiceType.Assembly == typeof(DdpmPipeline).Assembly;
    }

    [Fact]
    public void AddDiffusion_HostsOwnRegistration_Holds()
    {
        var own = new TorchWorker(1);
        var services = new ServiceCollection();
        services.AddSingleton(own);
        services.AddDiffusion();
        using ServiceProvider provider = services.BuildServiceProvider();

        Assert.Same(own, provider.GetRequiredService<TorchWorker>());
    }

    [Fact]
    public void AddPipeline_Folder_IsLoadedWhenAskedFor()
    {
        var services = new ServiceCollection();
        AddSmall(services.AddDiffusion()).AddPipeline("saved", Saved);
        using ServiceProvider provider = services.BuildServiceProvider();
        using DdpmPipeline expected = NewPipeline();

        var pipeline = provider.GetRequiredKeyedService<DdpmPipeline>("saved");

        Assert.Equal(expected.Generate(5, seed: 1).Values.ToArray(), pipeline.Generate(5, seed: 1).Values.ToArray());
    }

    [Fact]
    public void AddPipeline_EmptyArguments_AreRefused()
    {
        IDiffusionBuilder builder = new ServiceCollection().AddDiffusion();

        Assert.Throws<ArgumentException>(() => builder.AddPipeline("", Saved));
        Assert.Throws<ArgumentException>(() => builder.AddPipeline("a", " "));
        Assert.Throws<ArgumentException>(() => builder.AddDenoiser("", _ => new Tests.Pipelines.SmallDenoiser()));
    }

    [Fact]
    public async Task Host_ConfigurationAndLogging_GeneratesAndLogs()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var log = new ListLoggerProvider();
        builder.Logging.AddProvider(log);
        AddSmall(builder.Services.AddDiffusion(SectionWith(["mixture"], """, "MaxConcurrentRuns": 2 """)));
        using IHost host = builder.Build();
        await host.StartAsync();

        Samples samples = await host.Services.GetRequiredService<DdpmPipeline>().GenerateAsync(4, steps: 5, seed: 9);

        Assert.Equal([4, 2], samples.Shape);
        Assert.Contains(log.Lines, line => line.StartsWith(
            "Diffusion.Sdk.Pipelines.DdpmPipeline: Generated 4 samples in 5 steps from seed 9, in ", StringComparison.Ordinal));
        await host.StopAsync();
    }

    private sealed class ListLoggerProvider : ILoggerProvider
    {
        public System.Collections.Concurrent.ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

        public void Dispose()
        {
        }

        private sealed class Logger(ListLoggerProvider owner, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(
                LogLevel logLevel, EventId eventId, TState state, Exception? exception,
                Func<TState, Exception?, string> formatter) =>
                owner.Lines.Enqueue($"{category}: {formatter(state, exception)}");
        }
    }
}
