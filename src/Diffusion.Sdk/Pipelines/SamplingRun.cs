using System.Numerics.Tensors;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Schedulers;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Pipelines;

/// <summary>
/// One generation, from noise to samples, on the thread that calls it. Ho et al. 2020 (arXiv:2006.11239), algorithm 2;
/// the scheduler says what a step is.
/// </summary>
internal sealed class SamplingRun
{
    private readonly Denoiser _denoiser;
    private readonly SamplingPrecision _precisions;
    private readonly Precision _precision;
    private readonly Scheduler _scheduler;
    private readonly SamplingPlan _plan;
    private readonly Device _device;
    private readonly IReadOnlyList<long> _timesteps;
    private readonly int _first; // the first step that is made
    private readonly int _steps; // how many are made

    public SamplingRun(Denoiser denoiser, SamplingPrecision precisions, Scheduler scheduler, SamplingPlan plan)
    {
        (_denoiser, _precisions, _scheduler, _plan) = (denoiser, precisions, scheduler, plan);
        _device = denoiser.parameters().FirstOrDefault()?.device ?? CPU;
        _precision = precisions.Choose(plan.BlockSize, _device);
        _timesteps = plan.NewScheduler(scheduler).Timesteps;
        _first = plan.FirstStep(_timesteps.Count);
        _steps = _timesteps.Count - _first;
    }

    /// <summary>
    /// Depth first: each block goes through all steps before the next begins, so its values stay in the caches, and
    /// every thread takes the next block that nobody has, so none waits for another. Where somebody wants to see every
    /// step, as <see cref="Stream"/> does it.
    /// </summary>
    public Samples Generate(IProgress<GenerateProgress>? progress, CancellationToken cancellationToken)
    {
        if (_plan.Options.OnStep is { } onStep)
        {
            return GenerateWatched(onStep, progress, cancellationToken);
        }
        using var scope = NewDisposeScope();
        using IDisposable withoutGradients = inference_mode();
        using IDisposable evaluation = EvaluationMode.Of(_denoiser);
        float[] values = NewValues();
        float[][] trajectory = NewTrajectory();
        var watch = progress is null ? null : new BlockWatch(progress, _plan, _steps);
        (int begun, bool failed) = (0, false);
        // Streams of the caller's own need not bear several threads.
        bool alone = _device.type != DeviceType.CPU || _plan.Options.Randomness is not (null or PhiloxStreams);
        BatchParts.RunLong(_plan.Blocks, alone ? 1 : BatchParts.Count(_plan.Blocks, 1), (_, _, _) =>
        {
            try
            {
                using DenoiserRun model = _precisions.Begin(_precision, _timesteps);
                for (int index; (index = Interlocked.Increment(ref begun) - 1) < _plan.Blocks;)
                {
                    if (Volatile.Read(ref failed))
                    {
                        break;
                    }
                    using SamplingBlock block = NewBlock(index);
                    for (int step = 0; step <= _steps && !Volatile.Read(ref failed); step++)
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        Advance(block, step, model, values, trajectory, watch);
                    }
                }
            }
            catch
            {
                Volatile.Write(ref failed, true); // the others need not go on
                throw;
            }
        });
        return Finish(values, [.. trajectory.Select(ToSamples)]);
    }

    /// <summary>Breadth first: all blocks go through a step before the next step, and every step is shown.</summary>
    /// <param name="show">Receives each step as soon as it is done.</param>
    /// <param name="cancellationToken">Stops the run between blocks.</param>
    public void Stream(Action<DenoisingStep> show, CancellationToken cancellationToken) =>
        AllThroughEachStep(_ => { }, show, cancellationToken);

    // The states are kept before each step, and behind the last one.
    private void Advance(
        SamplingBlock block, int step, DenoiserRun model, float[] values, float[][] trajectory, BlockWatch? watch)
    {
        if (_plan.Keeps(step, _steps))
        {
            int every = _plan.Options.TrajectoryEvery;
            block.CopyTo(trajectory[(step + every - 1) / every]);
        }
        if (step == _steps)
        {
            block.CopyTo(values);
            return;
        }
        block.Step(_first + step, model);
        watch?.Report(step == _steps - 1 ? block.Filled : 0);
    }

    private Samples GenerateWatched(
        Action<DenoisingStep> onStep, IProgress<GenerateProgress>? progress, CancellationToken cancellationToken)
    {
        var trajectory = new List<Samples>();
        Samples? result = null;
        AllThroughEachStep(
            start =>
            {
                result = start();
                Keep(0, result);
            },
            step =>
            {
                result = step.Samples;
                Keep(step.Index + 1, result);
                onStep(step);
                progress?.Report(ProgressOfAll(step.Index + 1));
            },
            cancellationToken);
        return new Samples(result!) { Trajectory = trajectory };

        void Keep(int completed, Samples samples)
        {
            if (_plan.Keeps(completed, _steps))
            {
                trajectory.Add(samples);
            }
        }
    }

    private void AllThroughEachStep(
        Action<Func<Samples>> begin, Action<DenoisingStep> show, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        using IDisposable withoutGradients = inference_mode();
        using IDisposable evaluation = EvaluationMode.Of(_denoiser);
        using DenoiserRun model = _precisions.Begin(_precision, _timesteps);
        var blocks = new List<SamplingBlock>(_plan.Blocks);
        try
        {
            for (int index = 0; index < _plan.Blocks; index++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                blocks.Add(NewBlock(index));
            }
            begin(() => ToSamples(Gather(blocks)));
            for (int step = 0; step < _steps; step++)
            {
                show(StepAll(blocks, step, model, cancellationToken));
            }
        }
        finally
        {
            blocks.ForEach(block => block.Dispose());
        }
    }

    private DenoisingStep StepAll(
        List<SamplingBlock> blocks, int step, DenoiserRun model, CancellationToken cancellationToken)
    {
        float[] original = _plan.Options.PredictOriginal ? NewValues() : [];
        foreach (SamplingBlock block in blocks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            block.Step(_first + step, model, original);
        }
        float[] values = Gather(blocks);
        bool last = step == _steps - 1;
        Samples samples = last ? Finish(values, []) : ToSamples(values);
        return new DenoisingStep(
            step, _steps, _timesteps[_first + step], samples, original.Length == 0 ? null : ToSamples(original));
    }

    private SamplingBlock NewBlock(int index) => new(
        _plan, index, _plan.NewScheduler(_scheduler), _denoiser.TrainingRecord?.Standardization, _device);

    private float[] Gather(List<SamplingBlock> blocks)
    {
        float[] values = NewValues();
        blocks.ForEach(block => block.CopyTo(values));
        return values;
    }

    private float[] NewValues() => new float[_plan.Count * _plan.ValuesPerSample];

    private float[][] NewTrajectory()
    {
        int frames = Enumerable.Range(0, _steps + 1).Count(step => _plan.Keeps(step, _steps));
        return [.. Enumerable.Range(0, frames).Select(_ => NewValues())];
    }

    private GenerateProgress ProgressOfAll(int step) => new(
        (long)step * _plan.Blocks, (long)_steps * _plan.Blocks, step == _steps ? _plan.Count : 0, _plan.Count);

    private Samples Finish(float[] values, IReadOnlyList<Samples> trajectory)
    {
        if (!TensorPrimitives.IsFiniteAll<float>(values))
        {
            int bad = Array.FindIndex(values, value => !float.IsFinite(value));
            throw new InvalidOperationException(
                $"Sample {bad / _plan.ValuesPerSample} holds {values[bad]} after {_steps} steps; expected " +
                "finite numbers. The weights may have diverged in training, or the scheduler is not the one they " +
                "were trained with.");
        }
        return new Samples(values, _plan.ResultShape, _plan.Seed) { Precision = _precision, Trajectory = trajectory };
    }

    private Samples ToSamples(float[] values) =>
        new(values, _plan.ResultShape, _plan.Seed) { Precision = _precision };

    /// <summary>Counts the steps of all blocks, and tells one after the other.</summary>
    private sealed class BlockWatch(IProgress<GenerateProgress> progress, SamplingPlan plan, int steps)
    {
        private readonly Lock _gate = new();
        private long _steps;
        private int _samples;

        /// <summary>A block has made a step.</summary>
        /// <param name="finished">The samples that are done with it.</param>
        public void Report(int finished)
        {
            lock (_gate)
            {
                _steps++;
                _samples += finished;
                progress.Report(new GenerateProgress(_steps, (long)plan.Blocks * steps, _samples, plan.Count));
            }
        }
    }
}
