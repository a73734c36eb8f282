using static TorchSharp.torch;

namespace Diffusion.Sdk.Schedulers;

/// <summary>
/// A scheduler whose steps lead along a chain of training timesteps by way of a predicted x_0, which may be limited:
/// what DDPM, DDIM and its inverse share. Shapes: N batch, T training timesteps.
/// </summary>
public abstract class ChainScheduler : Scheduler
{
    private protected ChainScheduler(ClippingSchedulerConfig config, SchedulerCompatibility compatibility)
        : base(config, compatibility) => Limit = config.Limit;

    /// <summary>How far the predicted x_0 may reach.</summary>
    private protected OriginalSampleLimit Limit { get; }

    /// <summary>Whether the denoiser's output has twice the sample's channels.</summary>
    private protected virtual bool DoublesChannels => false;

    /// <summary>Why the output has as many channels as it has, for messages.</summary>
    private protected abstract string OutputRule { get; }

    /// <summary>Whether steps have the fixed stride of diffusers, wherever that leads.</summary>
    private protected virtual bool HasFixedStride => Compatibility == SchedulerCompatibility.Diffusers;

    /// <summary>Where in the schedule the less noisy neighbour of a timestep stands: 1 behind it, or -1
    /// before.</summary>
    private protected virtual int TowardsClean => 1;

    /// <summary>
    /// The less noisy neighbour of a timestep in the schedule, and -1, the clean sample, for the least noisy one. That
    /// is where a step leads to; an inverse one comes from there.
    /// </summary>
    /// <param name="timestep">One of <see cref="Scheduler.Timesteps"/>.</param>
    /// <returns>
    /// A timestep, or a negative number for the clean sample. diffusers: <paramref name="timestep"/> less the stride T
    /// / N.
    /// </returns>
    /// <exception cref="ArgumentException">The timestep is not in the schedule.</exception>
    public long PreviousTimestep(long timestep)
    {
        if (HasFixedStride)
        {
            return timestep - NumTrainTimesteps / (NumInferenceSteps ?? NumTrainTimesteps);
        }
        int index = IndexOf(timestep);
        if (index < 0)
        {
            throw new ArgumentException(
                $"timestep is {timestep}; expected one of the {Timesteps.Count} timesteps of the schedule, " +
                $"from {Timesteps[0]} {(TowardsClean > 0 ? "down" : "up")} to {Timesteps[^1]}. SetTimesteps sets them.",
                nameof(timestep));
        }
        int neighbour = index + TowardsClean;
        return neighbour >= 0 && neighbour < Timesteps.Count ? Timesteps[neighbour] : -1;
    }

    /// <summary>The row of a timestep in the tables.</summary>
    /// <exception cref="ArgumentException">It is out of range.</exception>
    private protected int RowOf(long timestep)
    {
        // Trailing's entry -1 reads the last row of diffusers' tables, as a negative index does in Python.
        bool last = Compatibility == SchedulerCompatibility.Diffusers && timestep == -1;
        return ForwardProcess.CheckTimestep(last ? NumTrainTimesteps - 1 : timestep, NumTrainTimesteps);
    }

    /// <exception cref="InvalidOperationException">Noise is predicted where there is no signal.</exception>
    private protected void RequireSignal(long timestep, int row)
    {
        if (AlphasCumprod[row] == 0 && PredictionType == PredictionType.Epsilon)
        {
            throw new InvalidOperationException(
                $"At timestep {timestep} alpha_bar is 0 (RescaleBetasZeroSnr), so a predicted noise says nothing " +
                "about x_0; expected a model with " +
                $"{nameof(PredictionType.VPrediction)} or {nameof(PredictionType.Sample)}.");
        }
    }

    /// <inheritdoc/>
    internal override void StepInPlace(Tensor modelOutput, long timestep, Tensor sample, Tensor? noise = null)
    {
        if (LineAt(timestep) is not { } line)
        {
            base.StepInPlace(modelOutput, timestep, sample, noise);
            return;
        }
        bool noisy = Check(modelOutput, timestep, sample, noise);
        line.Apply(modelOutput, sample, noisy ? noise : null);
    }

    /// <summary>The step from a timestep as one line; null where it is none.</summary>
    private protected abstract StepLine? LineAt(long timestep);

    /// <summary>Checks shapes, and that noise is there where it is needed; returns whether it is.</summary>
    private protected bool Check(Tensor modelOutput, long timestep, Tensor sample, Tensor? noise)
    {
        ArgumentNullException.ThrowIfNull(modelOutput);
        ArgumentNullException.ThrowIfNull(sample);
        bool noisy = NeedsNoise(timestep);
        StepShapes.Check(modelOutput, sample, noisy ? noise : null, DoublesChannels, OutputRule);
        if (noisy && noise is null)
        {
            throw new ArgumentNullException(
                nameof(noise),
                $"The step at timestep {timestep} adds noise; expected standard normal noise of the sample's shape.");
        }
        return noisy;
    }

    /// <exception cref="ArgumentException">The output holds NaN or infinity.</exception>
    private protected static void CheckFinite(Tensor modelOutput, long timestep)
    {
        using var scope = NewDisposeScope();
        // Any NaN or infinity makes the sum one, at the price of a single pass.
        double sum = modelOutput.sum(ScalarType.Float64).item<double>();
        if (!double.IsFinite(sum))
        {
            throw new ArgumentException(
                $"modelOutput holds NaN or infinity at timestep {timestep}; expected finite numbers.",
                nameof(modelOutput));
        }
    }
}
