using System.Runtime.InteropServices;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Schedulers;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Pipelines;

/// <summary>
/// Samples that go through all steps together, with a scheduler and buffers of their own. Belongs to one thread.
/// Shapes: B rows of the block; ... the shape of one sample.
/// </summary>
internal sealed class SamplingBlock : IDisposable
{
    private readonly SamplingPlan _plan;
    private readonly Scheduler _scheduler;
    private readonly Standardization? _units;
    private readonly int _first;
    private readonly int _rows;
    private readonly int _filled;
    private readonly BlockNoise _noise;
    private readonly BlockCondition _condition;
    private readonly BlockInpainting? _inpainting;
    private readonly Tensor _sample;
    private int _next;

    /// <summary>Makes the samples that the steps start from.</summary>
    /// <param name="plan">The request.</param>
    /// <param name="index">Which block of the plan it is.</param>
    /// <param name="scheduler">A scheduler for this block alone, its timesteps set.</param>
    /// <param name="units">The units the denoiser works in; null for those of the data.</param>
    /// <param name="device">Where the denoiser is.</param>
    public SamplingBlock(SamplingPlan plan, int index, Scheduler scheduler, Standardization? units, Device device)
    {
        (_plan, _scheduler, _units) = (plan, scheduler, units);
        (_first, _rows, _filled) = plan.Block(index);
        long[] shape = [_rows, .. plan.SampleShape];
        _noise = new BlockNoise(plan.Streams, _first, shape, device);
        _condition = new BlockCondition(plan.Classes, plan.Conditions, _first, _rows, device);
        _sample = empty(shape, ScalarType.Float32, device).DetachFromDisposeScope();
        _next = plan.FirstStep(scheduler.Timesteps.Count);
        using var scope = NewDisposeScope();
        Tensor? original = plan.Original is { } given ? ToUnits(given.Rows(_first, _rows, device)) : null;
        _inpainting = plan.Known is { } known && _next < scheduler.Timesteps.Count
            ? new BlockInpainting(known.Mask, original!, scheduler, _noise)
            : null;
        Start(original, device);
    }

    /// <summary>How many samples of the result are in the block.</summary>
    public int Filled => _filled;

    /// <summary>Goes one step: predict, step, noise; with a known part as often as was asked for.</summary>
    /// <param name="index">The step, an index of the scheduler's timesteps.</param>
    /// <param name="model">The denoiser's run.</param>
    /// <param name="original">Receives the predicted x_0 of all samples of the run, [count * D]; empty where nobody
    /// wants it.</param>
    public void Step(int index, DenoiserRun model, Span<float> original = default)
    {
        // The last step leads to the clean sample, which the known part joins without noise: nothing is left to fit.
        bool last = index == _scheduler.Timesteps.Count - 1;
        int passes = last ? 1 : _plan.Options.Resamples;
        for (int pass = 0; pass < passes; pass++)
        {
            long address = (long)pass * _scheduler.NumTrainTimesteps + index;
            Advance(index, address, model, original);
            _inpainting?.Restore(_sample, index, address);
            if (pass < passes - 1)
            {
                _inpainting!.GoBack(_sample, index, address);
            }
        }
        _next = index + 1;
    }

    /// <summary>Copies the block's samples, in the units of the data, to their place among all, [count * D].</summary>
    public void CopyTo(Span<float> values)
    {
        CopyRows(_sample, _plan.IsInverse ? null : _units, values);
        if (_next == _scheduler.Timesteps.Count)
        {
            _plan.Known?.Restore(values, _first, _filled);
        }
    }

    public void Dispose()
    {
        _sample.Dispose();
        _inpainting?.Dispose();
        _condition.Dispose();
        _noise.Dispose();
    }

    private void Start(Tensor? original, Device device)
    {
        if (_plan.IsInverse || _next == _scheduler.Timesteps.Count)
        {
            _sample.copy_(original!);
            return;
        }
        Tensor noise = _plan.InitialNoise?.Rows(_first, _rows, device) ?? _noise.Draw(RandomPurpose.InitialNoise, 0);
        if (_next > 0)
        {
            _sample.copy_(_scheduler.AddNoise(original!, noise, [_scheduler.Timesteps[_next]]));
            return;
        }
        _sample.copy_(noise);
        // diffusers' pipeline leaves this out, and gets noise from schedulers whose sigma is not 1.
        if (_scheduler.Compatibility == SchedulerCompatibility.Corrected && _scheduler.InitNoiseSigma != 1)
        {
            _sample.mul_((Scalar)_scheduler.InitNoiseSigma);
        }
    }

    private void Advance(int index, long address, DenoiserRun model, Span<float> original)
    {
        using DisposeScope? scope = model.MakesTensors || !original.IsEmpty ? NewDisposeScope() : null;
        long timestep = _scheduler.Timesteps[index];
        Tensor input = _scheduler.Compatibility == SchedulerCompatibility.Corrected
            ? _scheduler.ScaleModelInput(_sample, timestep)
            : _sample;
        Tensor output = _condition.Predict(model, index, input);
        Tensor? noise = _scheduler.NeedsNoise(timestep) ? _noise.Draw(RandomPurpose.StepNoise, address) : null;
        if (original.IsEmpty)
        {
            _scheduler.StepInPlace(output, timestep, _sample, noise);
            return;
        }
        SchedulerOutput step = _scheduler.Step(output, timestep, _sample, noise);
        _sample.copy_(step.PrevSample);
        CopyRows(step.PredOriginalSample, _units, original);
    }

    private Tensor ToUnits(Tensor data) => _units?.Apply(data) ?? data;

    private void CopyRows(Tensor tensor, Standardization? units, Span<float> values)
    {
        using var scope = NewDisposeScope();
        Tensor dense = (units?.Undo(tensor) ?? tensor).cpu().contiguous();
        MemoryMarshal.Cast<byte, float>(dense.bytes)[..(_filled * _plan.ValuesPerSample)]
            .CopyTo(values[(_first * _plan.ValuesPerSample)..]);
    }
}
