using System.Diagnostics;
using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Training;
using TorchSharp;

namespace Diffusion.Sdk.Benchmarks;

/// <summary>Our side of the comparison, through the public API.</summary>
/// <param name="precision">Of training and of sampling.</param>
/// <param name="threads">How many a run has.</param>
internal sealed class Tutorial(Precision precision, int threads) : IDisposable
{
    /// <summary>Steps before those that <see cref="Train"/> measures.</summary>
    public const int Warm = 20;

    private readonly MlpDenoiser _model = new();
    private readonly DdpmScheduler _scheduler = new(new DdpmSchedulerConfig
    {
        NumTrainTimesteps = 500,
        VarianceType = VarianceType.FixedLarge,
        ClipSample = false,
    });

    private readonly TrainingData _data = TrainingData.FromPoints(PointSets.Tutorial(seed: 0));

    /// <summary>Seconds for a number of training steps, the set-up of the run left out.</summary>
    public double Train(int steps)
    {
        var clock = new StepClock(Warm, steps + Warm);
        _model.TrainingRecord = null;
        TrainingOptions options = TrainingOptions.Tutorial with
        {
            Steps = steps + Warm, ReportEvery = Warm, Ema = [new EmaOptions()], Threads = threads,
            Precision = precision,
        };
        new DiffusionTrainer(_model, _scheduler, options).Run(_data, clock).Dispose();
        return clock.Seconds;
    }

    /// <summary>Seconds for a whole generation.</summary>
    public double Sample(int count, int steps)
    {
        torch.set_num_threads(threads);
        using var pipeline = new DdpmPipeline(
            _model, _scheduler, new DdpmPipelineOptions { Precision = precision });
        long begin = Stopwatch.GetTimestamp();
        pipeline.Generate(count, steps, seed: 1);
        return Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    public void Dispose() => _model.Dispose();

    /// <summary>The time between two steps of one run.</summary>
    private sealed class StepClock(long first, long last) : IProgress<TrainingProgress>
    {
        private long _begin;

        public double Seconds { get; private set; }

        public void Report(TrainingProgress value)
        {
            if (value.Step == first)
            {
                _begin = Stopwatch.GetTimestamp();
            }
            else if (value.Step == last)
            {
                Seconds = Stopwatch.GetElapsedTime(_begin).TotalSeconds;
            }
        }
    }
}
