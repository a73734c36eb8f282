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
    private readonly float[] _noiseValues;
    private readonly Tensor _noise;
    private readonly Tensor? _deviceNoise;
    private readonly Tensor _sample;

    /// <summary>Draws the initial noise.</summary>
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
        _noiseValues = new float[_rows * plan.ValuesPerSample];
        // The tensor reads the array's own memory: filling the array is all there is to do per step.
        using (Tensor flat = frombuffer(_noiseValues, ScalarType.Float32))
        {
            _noise = flat.view(shape).DetachFromDisposeScope();
        }
        _deviceNoise = device.type == DeviceType.CPU
            ? null
            : empty(shape, ScalarType.Float32, device).DetachFromDisposeScope();
        _sample = empty(shape, ScalarType.Float32, device).DetachFromDisposeScope();
        _sample.copy_(Draw(RandomPurpose.InitialNoise, step: 0));
        // diffusers' pipeline leaves this out, and gets noise from schedulers whose sigma is not 1.
        if (scheduler.Compatibility == SchedulerCompatibility.Corrected && scheduler.InitNoiseSigma != 1)
        {
            _sample.mul_((Scalar)scheduler.InitNoiseSigma);
        }
    }

    /// <summary>How many samples of the result are in the block.</summary>
    public int Filled => _filled;

    /// <summary>Goes one step: predict, step, noise.</summary>
    /// <param name="index">The step, in [0, steps).</param>
    /// <param name="model">The denoiser's run.</param>
    /// <param name="original">Receives the predicted x_0 of all samples of the run, [count * D]; empty where nobody
    /// wants it.</param>
    public void Step(int index, DenoiserRun model, Span<float> original = default)
    {
        using var scope = NewDisposeScope();
        long timestep = _scheduler.Timesteps[index];
        Tensor input = _scheduler.Compatibility == SchedulerCompatibility.Corrected
            ? _scheduler.ScaleModelInput(_sample, timestep)
            : _sample;
        Tensor output = model.Predict(index, input);
        Tensor? noise = _scheduler.NeedsNoise(timestep) ? Draw(RandomPurpose.StepNoise, index) : null;
        if (original.IsEmpty)
        {
            _scheduler.StepInPlace(output, timestep, _sample, noise);
            return;
        }
        SchedulerOutput step = _scheduler.Step(output, timestep, _sample, noise);
        _sample.copy_(step.PrevSample);
        CopyRows(step.PredOriginalSample, original);
    }

    /// <summary>Copies the block's samples, in the units of the data, to their place among all, [count * D].</summary>
    public void CopyTo(Span<float> values) => CopyRows(_sample, values);

    public void Dispose()
    {
        _sample.Dispose();
        _noise.Dispose();
        _deviceNoise?.Dispose();
    }

    private Tensor Draw(RandomPurpose purpose, long step)
    {
        _plan.Streams.Normal(purpose, _first, _rows, step, _noiseValues);
        return _deviceNoise?.copy_(_noise) ?? _noise;
    }

    private void CopyRows(Tensor tensor, Span<float> values)
    {
        using var scope = NewDisposeScope();
        Tensor dense = (_units?.Undo(tensor) ?? tensor).cpu().contiguous();
        MemoryMarshal.Cast<byte, float>(dense.bytes)[..(_filled * _plan.ValuesPerSample)]
            .CopyTo(values[(_first * _plan.ValuesPerSample)..]);
    }
}
