using System.Threading.RateLimiting;
using Diffusion.Sdk.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HostApp;

/// <summary>Puts the server together.</summary>
internal static class App
{
    private const string DefaultUrl = "http://localhost:5080";
    private const string Runs = "runs";
    private const int RetryAfterSeconds = 5;

    /// <param name="args">The command line; it overrides appsettings.json, which lies beside the program.</param>
    public static WebApplication Create(params string[] args)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        if ((builder.Configuration["urls"] ?? builder.Configuration["http_ports"]) is null)
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }
        Model[] models = builder.Configuration.GetSection("Models").Get<Model[]>() ?? [];
        if (models.Length == 0)
        {
            throw new OptionsValidationException("Models", typeof(Model), ["Models is empty; expected at least one."]);
        }
        IDiffusionBuilder diffusion = builder.Services.AddDiffusion(builder.Configuration.GetSection("Diffusion"));
        foreach (Model model in models)
        {
            diffusion.AddPipeline(model.Sampler, services => WithDdim(services, model.Name));
        }
        builder.Services.AddSingleton(models);
        builder.Services.AddProblemDetails();
        AddLimit(builder);

        WebApplication app = builder.Build();
        app.UseExceptionHandler();
        app.Use(async (context, next) =>
        {
            // Who stops the server need not wait until all runs are through.
            using CancellationTokenRegistration stopping = app.Lifetime.ApplicationStopping.Register(context.Abort);
            await next(context);
        });
        app.UseFileServer();
        app.UseRateLimiter();
        app.MapGet("/models", () => models);
        app.MapGet("/grid.png", Endpoints.Grid).RequireRateLimiting(Runs);
        app.MapGet("/stream", Endpoints.Stream).RequireRateLimiting(Runs);
        return app;
    }

    // The folders hold the DDPM scheduler of the training, which takes 1,000 steps; DDIM makes do with few.
    private static DdpmPipeline WithDdim(IServiceProvider services, string name)
    {
        DdpmPipeline trained = services.GetRequiredKeyedService<DdpmPipeline>(name);
        return trained.WithScheduler(DdimScheduler.FromConfig(trained.Scheduler.Config));
    }

    // As many requests run as the SDK has runs, some more wait, and the others are sent away.
    private static void AddLimit(WebApplicationBuilder builder) => builder.Services.AddRateLimiter(limiter =>
    {
        limiter.AddPolicy(Runs, context => RateLimitPartition.GetConcurrencyLimiter(
            Runs,
            _ => new ConcurrencyLimiterOptions
            {
                PermitLimit = context.RequestServices
                    .GetRequiredService<IOptions<DiffusionOptions>>().Value.MaxConcurrentRuns,
                QueueLimit = builder.Configuration.GetValue("MaxWaiting", 8),
            }));
        limiter.OnRejected = async (rejected, _) =>
        {
            rejected.HttpContext.Response.Headers.RetryAfter = $"{RetryAfterSeconds}";
            await TypedResults.Problem(
                $"All runs are taken and the queue is full. Try again in {RetryAfterSeconds} seconds.",
                statusCode: StatusCodes.Status503ServiceUnavailable).ExecuteAsync(rejected.HttpContext);
        };
    });
}
