using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Schedulers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Diffusion.Sdk.Training;

/// <summary>
/// Trains a denoiser to undo the noise of a scheduler. One training at a time; it runs on a thread of its own, and
/// progress is reported from there. Ho et al. 2020 (arXiv:2006.11239), algorithm 1.
/// </summary>
/// <remarks>
/// The same seed, data and machine give the same weights, bit for bit, however often the training was interrupted and
/// resumed; only dropout draws from libtorch's own generator, which no checkpoint holds. Nobody but
/// <see cref="DiffusionTrainer"/> touches the denoiser while it trains.
/// </remarks>
public sealed class DiffusionTrainer
{
    private readonly TorchWorker _worker;
    private readonly ILogger _logger;
    private int _running;

    /// <summary>Makes a trainer.</summary>
    /// <param name="denoiser">What is trained, float32; its weights change. The caller keeps owning it.</param>
    /// <param name="scheduler">The noise, and what the denoiser shall predict.</param>
    /// <param name="options">How to train; null for the defaults.</param>
    /// <param name="logger">Is told what happens; null for nobody.</param>
    /// <param name="worker">
    /// The threads that trainings live on, such as a host's, which bound its runs; null for one of the trainer's own.
    /// </param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public DiffusionTrainer(
        Denoiser denoiser, Scheduler scheduler, TrainingOptions? options = null,
        ILogger<DiffusionTrainer>? logger = null, TorchWorker? worker = null)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        ArgumentNullException.ThrowIfNull(scheduler);
        (Denoiser, Scheduler, Options, _logger) = (
            denoiser, scheduler, options ?? new TrainingOptions(), logger ?? NullLogger<DiffusionTrainer>.Instance);
        Options.Validate();
        _worker = worker ?? new TorchWorker(1);
        Streams = new PhiloxStreams(Options.Seed);
    }

    /// <summary>What is trained.</summary>
    public Denoiser Denoiser { get; }

    /// <summary>The noise.</summary>
    public Scheduler Scheduler { get; }

    /// <summary>How it is trained.</summary>
    public TrainingOptions Options { get; }

    /// <summary>Where random numbers come from.</summary>
    internal RandomStreams Streams { get; init; }

    /// <summary>What measures how long a run takes.</summary>
    internal TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Is handed the state before each step.</summary>
    internal Action<TrainingState>? BeforeStep { get; set; }

    /// <summary>Trains from the denoiser's weights as they are, from step 0 to the last.</summary>
    /// <param name="data">What to learn, samples of the denoiser's shape.</param>
    /// <param name="progress">Is told how far it is, and of every checkpoint once it is safe.</param>
    /// <param name="cancellationToken">
    /// Stops the training between two steps; a checkpoint of the last one is saved where checkpoints are.
    /// </param>
    /// <returns>Losses and averages; the caller disposes it. The denoiser itself holds the trained weights.</returns>
    /// <exception cref="ArgumentException">The data do not suit; the message says why and what to do.</exception>
    /// <exception cref="InvalidOperationException">
    /// This trainer is running, the folder already has checkpoints, or the denoiser was trained for another scheduler.
    /// </exception>
    /// <exception cref="TrainingDivergedException">A number was not finite.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    /// <exception cref="IOException">A checkpoint could not be written; those before it are whole.</exception>
    public TrainingResult Run(
        TrainingData data, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Execute(() => Train(data, null, false, progress, cancellationToken), cancellationToken);

    /// <summary>As <see cref="Run"/>, without waiting for the end.</summary>
    /// <param name="data">What to learn, samples of the denoiser's shape.</param>
    /// <param name="progress">Is told how far it is, and of every checkpoint once it is safe.</param>
    /// <param name="cancellationToken">Stops the training between two steps.</param>
    public Task<TrainingResult> RunAsync(
        TrainingData data, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        ExecuteAsync(() => Train(data, null, false, progress, cancellationToken), cancellationToken);

    /// <summary>
    /// Goes on from a checkpoint, with its thread count, and ends with the weights, averages and optimizer state that a
    /// training never stopped would have, bit for bit.
    /// </summary>
    /// <param name="data">The same data as before.</param>
    /// <param name="checkpoint">The file; null for the newest whole one in the folder of the options.</param>
    /// <param name="progress">Is told how far it is, and of every checkpoint once it is safe.</param>
    /// <param name="cancellationToken">Stops the training between two steps.</param>
    /// <returns>Losses and averages; the caller disposes it.</returns>
    /// <exception cref="FileNotFoundException">There is no whole checkpoint.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is damaged, or of another training; the message says what differs.
    /// </exception>
    public TrainingResult Resume(
        TrainingData data, string? checkpoint = null, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Execute(() => Train(data, checkpoint, true, progress, cancellationToken), cancellationToken);

    /// <summary>As <see cref="Resume"/>, without waiting for the end.</summary>
    /// <param name="data">The same data as before.</param>
    /// <param name="checkpoint">The file; null for the newest whole one in the folder of the options.</param>
    /// <param name="progress">Is told how far it is, and of every checkpoint once it is safe.</param>
    /// <param name="cancellationToken">Stops the training between two steps.</param>
    public Task<TrainingResult> ResumeAsync(
        TrainingData data, string? checkpoint = null, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        ExecuteAsync(() => Train(data, checkpoint, true, progress, cancellationToken), cancellationToken);

    private TrainingResult Execute(Func<TrainingResult> training, CancellationToken cancellationToken)
    {
        using var claim = new Claim(this);
        return _worker.Run(training, cancellationToken);
    }

    private async Task<TrainingResult> ExecuteAsync(
        Func<TrainingResult> training, CancellationToken cancellationToken)
    {
        using var claim = new Claim(this);
        return await _worker.RunAsync(training, cancellationToken).ConfigureAwait(false);
    }

    private TrainingResult Train(
        TrainingData data, string? checkpoint, bool resume, IProgress<TrainingProgress>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(data);
        var run = new TrainingRun(this, data, _logger, progress, cancellationToken);
        return resume ? run.Resume(checkpoint) : run.Start();
    }

    /// <summary>The one training there is, from the call until it ends; the next would wait in the queue.</summary>
    private sealed class Claim : IDisposable
    {
        private readonly DiffusionTrainer _trainer;

        public Claim(DiffusionTrainer trainer)
        {
            _trainer = trainer;
            if (Interlocked.Exchange(ref trainer._running, 1) != 0)
            {
                throw new InvalidOperationException(
                    "This trainer is already running; a second training needs a trainer and a denoiser of its own.");
            }
        }

        public void Dispose() => Volatile.Write(ref _trainer._running, 0);
    }
}
