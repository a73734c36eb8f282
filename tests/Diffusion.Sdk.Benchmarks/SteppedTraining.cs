using System.Diagnostics;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Training;
using TorchSharp.Aten;

namespace Diffusion.Sdk.Benchmarks;

/// <summary>A training that waits after each step until the next is asked for.</summary>
internal sealed class SteppedTraining : IProgress<TrainingProgress>, IDisposable
{
    private readonly SemaphoreSlim _go = new(0);
    private readonly SemaphoreSlim _done = new(0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _run;
    private readonly bool _profiled;
    private OperatorProfile? _profile; // belongs to the training's thread

    public SteppedTraining(UNetWork work, int threads, Precision precision, bool profiled = false)
    {
        _profiled = profiled;
        work.Model.TrainingRecord = null;
        var options = new TrainingOptions
        {
            Steps = 1_000_000, BatchSize = UNetWork.Batch, Optimizer = OptimizerKind.AdamW, LearningRate = 2e-4,
            WeightDecay = 0.01, Threads = threads, ReportEvery = 1,
            Precision = precision, Ema = [new EmaOptions()],
        };
        _run = Task.Run(async () =>
        {
            using TrainingResult result = await new DiffusionTrainer(work.Model, work.Scheduler, options)
                .RunAsync(work.Data, this, _end.Token);
        });
        WaitForStep(); // the first one sets everything up
    }

    /// <summary>What the training has called since its first step, if it is profiled.</summary>
    public IReadOnlyDictionary<string, OperatorTime> Operators => _profile!.Operators;

    /// <summary>Seconds of one step.</summary>
    public double Step()
    {
        long begin = Stopwatch.GetTimestamp();
        _go.Release();
        WaitForStep();
        return Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    public void Report(TrainingProgress value)
    {
        if (_profiled)
        {
            _profile ??= new OperatorProfile();
        }
        _done.Release();
        _go.Wait();
        if (_end.IsCancellationRequested)
        {
            _profile?.Dispose();
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        _go.Release();
        try
        {
            _run.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // That is how it ends.
        }
        _go.Dispose();
        _done.Dispose();
        _end.Dispose();
    }

    private void WaitForStep()
    {
        while (!_done.Wait(100))
        {
            if (_run.IsFaulted)
            {
                _run.GetAwaiter().GetResult();
            }
        }
    }
}
