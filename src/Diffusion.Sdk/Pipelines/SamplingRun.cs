using System.Numerics.Tensors;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Schedulers;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Pipelines;

/// <summary>
/// One generation, from noise to samples, on the thread that calls it. Ho et al. 2020 (arXiv:2006.11239), algorithm 2;
/// the scheduler says what a step is.
/// </summary>
internal sealed class SamplingRun(Denoiser denoiser, Scheduler scheduler, SamplingPlan plan)
{
    private readonly Device _device = denoiser.parameters().FirstOrDefault()?.device ?? CPU;
    private readonly IReadOnlyList<long> _timesteps = plan.NewScheduler(scheduler).Timesteps;

    /// <summary>Depth first: each block goes through all steps before the next begins, so its values stay in the
    /// caches.</summary>
    public Samples Generate(IProgress<GenerateProgress>? progress, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        using IDisposable withoutGradients = inference_mode();
        using IDisposable evaluation = EvaluationMode.Of(denoiser);
        using DenoiserRun model = denoiser.BeginSampling(_timesteps);
        float[] values = NewValues();
        float[][] trajectory = NewTrajectory();
        for (int index = 0; index < plan.Blocks; index++)
        {
            using SamplingBlock block = NewBlock(index);
            int frame = 0;
            for (int step = 0; ; step++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (plan.Keeps(step))
                {
                    block.CopyTo(trajectory[frame++]);
                }
                if (step == _timesteps.Count)
                {
                    break;
                }
                block.Step(step, model);
                progress?.Report(ProgressAfter(index, step + 1));
            }
            block.CopyTo(values);
        }
        return Finish(values, [.. trajectory.Select(ToSamples)]);
    }

    /// <summary>Breadth first: all blocks go through a step before the next step, and every step is shown.</summary>
    /// <param name="show">Receives each step as soon as it is done.</param>
    /// <param name="cancellationToken">Stops the run between blocks.</param>
    public void Stream(Action<DenoisingStep> show, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        using IDisposable withoutGradients = inference_mode();
        using IDisposable evaluation = EvaluationMode.Of(denoiser);
        using DenoiserRun model = denoiser.BeginSampling(_timesteps);
        var blocks = new List<SamplingBlock>(plan.Blocks);
        try
        {
            for (int index = 0; index < plan.Blocks; index++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                blocks.Add(NewBlock(index));
            }
            for (int step = 0; step < _timesteps.Count; step++)
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
        float[] values = NewValues();
        float[] original = plan.Options.PredictOriginal ? NewValues() : [];
        foreach (SamplingBlock block in blocks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            block.Step(step, model, original);
            block.CopyTo(values);
        }
        bool last = step == _timesteps.Count - 1;
        Samples samples = last ? Finish(values, []) : ToSamples(values);
        return new DenoisingStep(
            step, _timesteps.Count, _timesteps[step], samples, original.Length == 0 ? null : ToSamples(original));
    }

    private SamplingBlock NewBlock(int index) => new(
        plan, index, plan.NewScheduler(scheduler), denoiser.TrainingRecord?.Standardization, _device);

    private float[] NewValues() => new float[plan.Count * plan.ValuesPerSample];

    private float[][] NewTrajectory()
    {
        int frames = Enumerable.Range(0, _timesteps.Count + 1).Count(plan.Keeps);
        return [.. Enumerable.Range(0, frames).Select(_ => NewValues())];
    }

    private GenerateProgress ProgressAfter(int block, int step)
    {
        bool done = step == _timesteps.Count;
        int samples = done ? Math.Min((block + 1) * plan.BlockSize, plan.Count) : block * plan.BlockSize;
        return new GenerateProgress(
            (long)block * _timesteps.Count + step, (long)plan.Blocks * _timesteps.Count, samples, plan.Count);
    }

    private Samples Finish(float[] values, IReadOnlyList<Samples> trajectory)
    {
        if (!TensorPrimitives.IsFiniteAll<float>(values))
        {
            int bad = Array.FindIndex(values, value => !float.IsFinite(value));
            throw new InvalidOperationException(
                $"Sample {bad / plan.ValuesPerSample} holds {values[bad]} after {_timesteps.Count} steps; expected " +
                "finite numbers. The weights may have diverged in training, or the scheduler is not the one they " +
                "were trained with.");
        }
        return new Samples(values, plan.ResultShape, plan.Seed) { Trajectory = trajectory };
    }

    private Samples ToSamples(float[] values) => new(values, plan.ResultShape, plan.Seed);
}
