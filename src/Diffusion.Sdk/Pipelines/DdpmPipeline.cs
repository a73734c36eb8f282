using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Schedulers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Diffusion.Sdk.Pipelines;

/// <summary>
/// Generates samples: noise goes through a denoiser and a scheduler, step by step, until it is data. Ho et al. 2020
/// (arXiv:2006.11239), algorithm 2; diffusers' DDPMPipeline, and with a <see cref="DdimScheduler"/> its DDIMPipeline.
/// </summary>
/// <remarks>
/// <para>Safe on any number of threads at once: each run makes its own scheduler and lives on a thread of its own. A
/// sample depends on the seed and its index alone, never on how many are generated or by how many threads; what blocks
/// of other sizes round otherwise, <see cref="GenerateOptions.FixedBlocks"/> makes the same.</para>
/// <para>The pipeline owns nothing, unless it was loaded by <c>FromPretrained</c> or
/// <see cref="DdpmPipelineOptions.OwnsDenoiser"/> says so; then <see cref="Dispose"/> disposes the denoiser. Disposing
/// stops runs that are under way, without waiting for them.</para>
/// <para>Unlike diffusers, under <see cref="SchedulerCompatibility.Corrected"/> the initial noise and the denoiser's
/// input are scaled as the scheduler asks, and values are not clipped at the end: pictures are clipped when they are
/// made from <see cref="Samples"/>.</para>
/// </remarks>
public sealed partial class DdpmPipeline : IDisposable
{
    private const int StepsAhead = 2;

    private readonly DdpmPipelineOptions _options;
    private readonly TorchWorker _worker;
    private readonly ILogger _logger;
    private readonly SamplingPrecision _precisions;
    private readonly PipelineLifetime _lifetime;
    private string? _className; // diffusers' name of the pipeline that was loaded

    /// <summary>Puts a denoiser and a scheduler together.</summary>
    /// <param name="denoiser">The network; its weights are used as they are when a run begins.</param>
    /// <param name="scheduler">The sampler; its configuration is used, its own timesteps stay as they are.</param>
    /// <param name="options">Where and how to run.</param>
    /// <exception cref="InvalidOperationException">
    /// The denoiser was trained with another prediction type or number of timesteps than the scheduler has.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// The default number of steps is not in [1, T], the precision is none, or the scheduler goes from data to noise.
    /// </exception>
    public DdpmPipeline(Denoiser denoiser, Scheduler scheduler, DdpmPipelineOptions? options = null)
        : this(denoiser, scheduler, options ?? DdpmPipelineOptions.Default, origin: null)
    {
    }

    private DdpmPipeline(Denoiser denoiser, Scheduler scheduler, DdpmPipelineOptions options, DdpmPipeline? origin)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        ArgumentNullException.ThrowIfNull(scheduler);
        PipelineRules.RequireSampler(scheduler);
        PipelineRules.RequireSchedulerOf(denoiser, scheduler);
        PipelineRules.RequireDefaultSteps(options.DefaultSteps, scheduler);
        SchedulerConfigRules.Defined(options.Precision);
        (Denoiser, Scheduler, _options) = (denoiser, scheduler.Fresh(), options);
        _worker = options.Worker ?? TorchWorker.Shared;
        _logger = options.Logger ?? NullLogger.Instance;
        _precisions = origin?._precisions ?? new SamplingPrecision(denoiser, options.Precision, _logger);
        _lifetime = new PipelineLifetime(
            typeof(DdpmPipeline), options.OwnsDenoiser ? denoiser : null, origin?._lifetime);
    }

    /// <summary>The network.</summary>
    public Denoiser Denoiser { get; }

    /// <summary>The sampler that every run makes a fresh copy of.</summary>
    public Scheduler Scheduler { get; }

    /// <summary>Generates and waits for the result.</summary>
    /// <param name="count">How many samples, at least 1.</param>
    /// <param name="steps">Denoising steps in [1, T]; null for <see cref="DdpmPipelineOptions.DefaultSteps"/>, or else
    /// T.</param>
    /// <param name="seed">Makes the same samples again; null draws one, which <see cref="Samples.Seed"/> tells.</param>
    /// <param name="options">More choices.</param>
    /// <param name="progress">Is told about every step, one by one, on the run's threads.</param>
    /// <param name="cancellationToken">Stops the run before its next step.</param>
    /// <returns>The samples, [count, ...], in the units of the training data; nothing to dispose.</returns>
    /// <exception cref="ArgumentException">
    /// A number is out of its range, or what is asked for does not fit the denoiser; the message says what.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The denoiser's training does not fit the scheduler, its weights are not the averaged ones although there are
    /// some, or the result is not finite.
    /// </exception>
    /// <exception cref="NotSupportedException">The denoiser has no <see cref="Precision.BFloat16"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The pipeline is disposed.</exception>
    public Samples Generate(
        int count, int? steps = null, long? seed = null, GenerateOptions? options = null,
        IProgress<GenerateProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        SamplingPlan plan = Plan(count, steps, seed, options);
        return _worker.Run(() => Run(plan, Scheduler, progress, cancellationToken), cancellationToken);
    }

    /// <summary>As <see cref="Generate"/>, without a thread that waits.</summary>
    /// <inheritdoc cref="Generate"/>
    public Task<Samples> GenerateAsync(
        int count, int? steps = null, long? seed = null, GenerateOptions? options = null,
        IProgress<GenerateProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        SamplingPlan plan = Plan(count, steps, seed, options);
        return _worker.RunAsync(() => Run(plan, Scheduler, progress, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// Generates and shows every step as soon as it is done; the last one's samples are the result, the same as
    /// <see cref="Generate"/> gives. The run is at most two steps ahead of the reader, and ends when he stops reading.
    /// </summary>
    /// <param name="count">How many samples, at least 1.</param>
    /// <param name="steps">Denoising steps in [1, T]; null for <see cref="DdpmPipelineOptions.DefaultSteps"/>, or else
    /// T.</param>
    /// <param name="seed">Makes the same samples again; null draws one.</param>
    /// <param name="options">
    /// More choices; a trajectory is not kept and <see cref="GenerateOptions.OnStep"/> not called, since the stream is
    /// both.
    /// </param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <returns>One item per step. While it is read it holds one of the worker's threads.</returns>
    /// <inheritdoc cref="Generate" path="/exception"/>
    public IAsyncEnumerable<DenoisingStep> GenerateStepsAsync(
        int count, int? steps = null, long? seed = null, GenerateOptions? options = null,
        CancellationToken cancellationToken = default) =>
        ReadSteps(Plan(count, steps, seed, options), cancellationToken);

    /// <summary>
    /// A pipeline of the same denoiser in the same precision with another scheduler. It does not own the denoiser:
    /// dispose this one last, which stops its runs too.
    /// </summary>
    /// <param name="scheduler">The other sampler.</param>
    /// <inheritdoc cref="DdpmPipeline(Denoiser, Scheduler, DdpmPipelineOptions)" path="/exception"/>
    public DdpmPipeline WithScheduler(Scheduler scheduler)
    {
        _lifetime.ThrowIfDisposed();
        return new DdpmPipeline(Denoiser, scheduler, _options with { OwnsDenoiser = false }, origin: this);
    }

    /// <summary>Stops runs that are under way; disposes the denoiser if the pipeline owns it, after the last
    /// run.</summary>
    public void Dispose() => _lifetime.Dispose();

    private void RequireReady()
    {
        _lifetime.ThrowIfDisposed();
        PipelineRules.RequireSchedulerOf(Denoiser, Scheduler);
        PipelineRules.RequireEma(Denoiser, _options.AllowOnlineWeights);
    }

    private SamplingPlan Plan(int count, int? steps, long? seed, GenerateOptions? options)
    {
        RequireReady();
        return SamplingPlan.Create(Denoiser, Scheduler, count, steps, seed, _options.DefaultSteps, options);
    }

    private Samples Run(
        SamplingPlan plan, Scheduler scheduler, IProgress<GenerateProgress>? progress,
        CancellationToken cancellationToken) =>
        _lifetime.Run(
            either => Logged(
                plan, () => new SamplingRun(Denoiser, _precisions, scheduler, plan).Generate(progress, either)),
            cancellationToken);

    private async IAsyncEnumerable<DenoisingStep> ReadSteps(
        SamplingPlan plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channel = Channel.CreateBounded<DenoisingStep>(
            new BoundedChannelOptions(StepsAhead) { SingleReader = true, SingleWriter = true });
        Task run = _worker.RunAsync(() => WriteSteps(plan, channel.Writer, left.Token), left.Token);
        try
        {
            await foreach (DenoisingStep step in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                // Steps that are ready already would be shown after a cancellation.
                cancellationToken.ThrowIfCancellationRequested();
                yield return step;
            }
        }
        finally
        {
            // A reader that leaves early waits for the run's end, so that nothing goes on behind his back.
            await left.CancelAsync().ConfigureAwait(false);
            await run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Whatever goes wrong reaches the reader through the channel.
    private bool WriteSteps(SamplingPlan plan, ChannelWriter<DenoisingStep> writer, CancellationToken cancellationToken)
    {
        try
        {
            bool done = _lifetime.Run(either => Logged(plan, () => Stream(plan, writer, either)), cancellationToken);
            return writer.TryComplete() && done;
        }
        catch (Exception error)
        {
            writer.TryComplete(error);
            throw;
        }
    }

    private bool Stream(SamplingPlan plan, ChannelWriter<DenoisingStep> writer, CancellationToken cancellationToken)
    {
        new SamplingRun(Denoiser, _precisions, Scheduler, plan).Stream(
            step => writer.WriteAsync(step, cancellationToken).AsTask().GetAwaiter().GetResult(), cancellationToken);
        return true;
    }

    private T Logged<T>(SamplingPlan plan, Func<T> run)
    {
        PipelineLog.Begun(_logger, plan.Count, plan.Steps, plan.Seed);
        long started = Stopwatch.GetTimestamp();
        T result = run();
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        PipelineLog.Generated(_logger, plan.Count, plan.Steps, plan.Seed, seconds);
        return result;
    }
}
