using System.Diagnostics;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.HttpResults;

namespace HostApp;

/// <summary>The answers. Both end with the request: a reader who leaves stops his run.</summary>
internal static partial class Endpoints
{
    private const int MostFrames = 100; // of a run, so that one of 1,000 steps does not become 50 MB

    /// <summary>All pictures in one, as PNG.</summary>
    public static async Task<IResult> Grid(HttpContext context, Model[] models)
    {
        (Order? order, ValidationProblem? problem) = Order.Read(context.Request.Query, models);
        if (order is null)
        {
            return problem!;
        }
        Samples samples = await Pipeline(context, order).GenerateAsync(
            order.Count, order.Steps, order.Seed, order.Options, cancellationToken: context.RequestAborted);
        context.Response.Headers["X-Seed"] = $"{order.Seed}";
        return TypedResults.Bytes(Png(samples), "image/png");
    }

    /// <summary>An event for each denoising step, and one at the end.</summary>
    public static IResult Stream(HttpContext context, Model[] models, ILogger<Order> logger)
    {
        (Order? order, ValidationProblem? problem) = Order.Read(context.Request.Query, models);
        return order is null
            ? problem!
            : TypedResults.ServerSentEvents(Events(order, Pipeline(context, order), logger, context.RequestAborted));
    }

    private static async IAsyncEnumerable<SseItem<object>> Events(
        Order order, DdpmPipeline pipeline, ILogger logger, [EnumeratorCancellation] CancellationToken left)
    {
        long started = Stopwatch.GetTimestamp();
        int frameEvery = (order.Steps + MostFrames - 2) / (MostFrames - 1); // and the last one
        int made = 0;
        try
        {
            await foreach (DenoisingStep step in pipeline.GenerateStepsAsync(
                order.Count, order.Steps, order.Seed, order.Options, left))
            {
                made = step.Index + 1;
                bool isShown = step.Index % frameEvery == 0 || step.IsLast;
                yield return new SseItem<object>(
                    new StepEvent(
                        made, step.Count, step.Timestep,
                        isShown ? DataUrl(step.Samples) : null, isShown ? DataUrl(step.PredOriginalSamples!) : null),
                    "step");
            }
            yield return new SseItem<object>(
                new DoneEvent(order.Seed, Stopwatch.GetElapsedTime(started).TotalSeconds), "done");
        }
        finally
        {
            if (left.IsCancellationRequested && made < order.Steps)
            {
                LogStopped(logger, made, order.Steps);
            }
        }
    }

    private static DdpmPipeline Pipeline(HttpContext context, Order order) =>
        context.RequestServices.GetRequiredKeyedService<DdpmPipeline>(order.Model.Sampler);

    private static byte[] Png(Samples samples)
    {
        using Canvas canvas = new ImageGrid(samples.ToImages()).Render();
        return canvas.ToPng();
    }

    private static string DataUrl(Samples samples) => $"data:image/png;base64,{Convert.ToBase64String(Png(samples))}";

    [LoggerMessage(Level = LogLevel.Information, Message = "The reader left: stopped after {Made} of {Steps} steps.")]
    private static partial void LogStopped(ILogger logger, int made, int steps);

    /// <summary>The pictures after a step and what the network takes for their noiseless originals; null where this
    /// step is not shown.</summary>
    private sealed record StepEvent(int Step, int Steps, long Timestep, string? Image, string? Clean);

    /// <summary>The seed that makes the same pictures again.</summary>
    private sealed record DoneEvent(long Seed, double Seconds);
}
