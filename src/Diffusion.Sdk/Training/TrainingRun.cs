using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Training;

/// <summary>
/// One call of <see cref="DiffusionTrainer"/>: sets everything up, drives the loop, reports, saves and cleans up.
/// </summary>
internal sealed class TrainingRun(
    DiffusionTrainer trainer, TrainingData data, ILogger logger, IProgress<TrainingProgress>? progress,
    CancellationToken cancellation)
{
    private readonly Denoiser _denoiser = trainer.Denoiser;
    private readonly TrainingOptions _options = trainer.Options;
    private readonly CheckpointFolder? _folder =
        trainer.Options.Checkpoints is { } checkpoints ? new CheckpointFolder(checkpoints, logger) : null;

    private readonly TrainingReporter _reporter = new(
        trainer.Options, new Epochs(data.Count, trainer.Options.BatchSize), trainer.Time, progress);

    private readonly long? _nullLabel = TrainingSetup.NullLabel(trainer.Denoiser, data, trainer.Options);

    private IReadOnlyDictionary<string, string> _settings = new Dictionary<string, string>();
    private int _threads;
    private Precision _precision;
    private Standardization? _units; // in which the data are shown
    private long _first;
    private string? _lastCheckpoint;

    /// <summary>Trains from step 0.</summary>
    public TrainingResult Start()
    {
        if (_folder?.List() is [var newest, ..])
        {
            throw new InvalidOperationException(
                $"{newest} is there from an earlier training. Call Resume to go on with it, or choose another folder.");
        }
        return Run(null);
    }

    /// <summary>Goes on from a file, or from the newest in the folder.</summary>
    public TrainingResult Resume(string? path)
    {
        if (path is null && _folder is null)
        {
            throw new InvalidOperationException(
                "Resume needs a checkpoint: give its path, or set Checkpoints in the options.");
        }
        return Run(path is null ? _folder!.Latest() : Checkpoint.Open(path));
    }

    // What has to fit before anything changes.
    private void Prepare(Checkpoint? from)
    {
        DataGuard.Check(data, _denoiser, trainer.Scheduler, _options, logger);
        TrainingSetup.RequireFloat32(_denoiser);
        TrainingSetup.RequireLoss(trainer.Scheduler, _options);
        _units = TrainingSetup.Units(_denoiser, data, _options);
        TrainingSetup.RequireSameScheduler(_denoiser, trainer.Scheduler);
        _settings = RunSettings.Describe(_options, _denoiser, trainer.Scheduler, data, _units);
        if (from is not null && RunSettings.Difference(_settings, from.Settings) is { } difference)
        {
            throw new InvalidDataException($"{from.Path} is of another training; these differ: {difference}.");
        }
        _threads = TrainingSetup.Threads(_denoiser, _options, from, logger);
    }

    private TrainingResult Run(Checkpoint? from)
    {
        Prepare(from);
        using var threads = new ThreadCount(_threads);
        using IDisposable withGradients = enable_grad();
        using var scope = NewDisposeScope();
        bool wasTraining = _denoiser.training;
        var state = new TrainingState(_denoiser, _options);
        bool begun = false, done = false;
        try
        {
            from?.Load(state);
            SetRecord(state);
            begun = true;
            _denoiser.train();
            TrainingResult result = Drive(from, state);
            done = true;
            return result;
        }
        finally
        {
            _denoiser.train(wasTraining);
            if (begun)
            {
                SetRecord(state);
            }
            if (done && _options.FinalWeights == WeightsKind.Ema && state.Ema.Count > 0)
            {
                state.Ema[0].CopyTo();
            }
            Release(state, done);
        }
    }

    private TrainingResult Drive(Checkpoint? from, TrainingState state)
    {
        (_first, _lastCheckpoint) = (state.Step, from?.Path);
        _reporter.Begin(state.Step);
        var precision = new TrainingPrecision(_denoiser, state.Flat, _options, trainer.Scheduler.NumTrainTimesteps);
        _precision = precision.Choose(from, trainer.Time, logger);
        using var loop = new TrainingLoop(
            _denoiser, trainer.Scheduler, _options, precision.Begin(_precision), Batches(), state, logger);
        if (from is not null)
        {
            TrainingLog.Resumed(logger, from.Path, from.Step);
        }
        (string name, long parameters) = (_denoiser.GetName(), state.Flat.Values.NumberOfElements);
        TrainingLog.Begun(
            logger, name, parameters, _options.Steps, _options.BatchSize, _first, _threads, _precision,
            Kernels.Variant ?? "none");
        do
        {
            AdvanceToEnd(loop);
        }
        while (!loop.Verify());
        var result = new TrainingResult(state, new Epochs(data.Count, _options.BatchSize), _lastCheckpoint)
        {
            Precision = _precision,
        };
        (double seconds, double loss) = (_reporter.Elapsed.TotalSeconds, result.MeanLoss(state.Step));
        TrainingLog.Trained(logger, state.Step, seconds, loss);
        return result;
    }

    private void AdvanceToEnd(TrainingLoop loop)
    {
        TrainingState state = loop.State;
        bool last = state.Step >= _options.Steps;
        while (!last)
        {
            if (cancellation.IsCancellationRequested)
            {
                Cancel(loop);
            }
            trainer.BeforeStep?.Invoke(state);
            long before = state.Step;
            loop.Advance();
            if (state.Step <= before)
            {
                _reporter.WentBack(state.Step);
                continue;
            }
            last = state.Step == _options.Steps || _reporter.IsTimeUp;
            bool due = _options.Checkpoints is { } checkpoints && (last || state.Step % checkpoints.Every == 0);
            string? saved = due ? Save(loop) : null;
            if (due && saved is null)
            {
                _reporter.WentBack(state.Step); // the state was not fit to be saved
                last = false;
                continue;
            }
            if (saved is not null || last || state.Step % _options.ReportEvery == 0)
            {
                _reporter.Report(loop, saved, last);
            }
            if (_options.Previews is { } previews && state.Step % previews.Every == 0)
            {
                Show(loop, previews);
            }
        }
    }

    private void Show(TrainingLoop loop, PreviewOptions previews)
    {
        if (!loop.Verify())
        {
            return;
        }
        TrainingState state = loop.State;
        SetRecord(state);
        bool averaged = _options.FinalWeights == WeightsKind.Ema && state.Ema.Count > 0;
        using IDisposable? swapped = averaged ? state.Ema[0].Swap() : null;
        using var pipeline = new DdpmPipeline(
            _denoiser, trainer.Scheduler, new DdpmPipelineOptions { AllowOnlineWeights = true });
        previews.Show(new TrainingPreview(state.Step, pipeline));
    }

    private void Cancel(TrainingLoop loop)
    {
        if (_folder is not null && loop.State.Step > _first && _lastCheckpoint != _folder.PathOf(loop.State.Step)
            && Save(loop) is { } saved)
        {
            _reporter.Report(loop, saved, last: false);
        }
        cancellation.ThrowIfCancellationRequested();
    }

    // Null where the state was not fit to be saved and the training went back instead.
    private string? Save(TrainingLoop loop)
    {
        if (!loop.Verify())
        {
            return null;
        }
        TrainingState state = loop.State;
        var checkpoint = new Checkpoint
        {
            Path = _folder!.PathOf(state.Step),
            Step = state.Step,
            Threads = _threads,
            Precision = _precision,
            RateFactor = state.RateFactor,
            RollBacks = state.RollBacks,
            Settings = _settings,
        };
        checkpoint.Save(state);
        _lastCheckpoint = checkpoint.Path;
        TrainingLog.Saved(logger, checkpoint.Path);
        _folder.Prune(checkpoint.Path);
        return checkpoint.Path;
    }

    private BatchSource Batches()
    {
        Device device = _denoiser.parameters().First().device;
        bool conditioned = _denoiser.NumClasses is not null || _denoiser.ConditionWidth is not null;
        var stored = new StoredData(data, _units, conditioned, device);
        return new BatchSource(
            stored, _options, trainer.Streams, trainer.Scheduler.NumTrainTimesteps, _nullLabel ?? data.NumClasses);
    }

    private void SetRecord(TrainingState state) => _denoiser.TrainingRecord = new TrainingRecord
    {
        PredictionType = ConfigNames.PredictionTypes.NameOf(trainer.Scheduler.PredictionType),
        NumTrainTimesteps = trainer.Scheduler.NumTrainTimesteps,
        Steps = state.Step,
        Weights = WeightsKind.Online,
        HasEma = state.Ema.Count > 0,
        NullLabel = _nullLabel,
        Standardization = _units,
        Precision = _precision,
    };

    private static void Release(TrainingState state, bool keepAverages)
    {
        if (keepAverages)
        {
            state.Dispose();
        }
        else
        {
            state.DisposeAll();
        }
    }

    /// <summary>libtorch's threads, on this thread, until disposed.</summary>
    private sealed class ThreadCount : IDisposable
    {
        private readonly int _before = get_num_threads();

        public ThreadCount(int count) => TorchThreads.SetOwn(count);

        public void Dispose() => TorchThreads.SetOwn(_before);
    }
}
