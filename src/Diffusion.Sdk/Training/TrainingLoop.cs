using System.Globalization;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Schedulers;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Training;

/// <summary>
/// The loop of one training: batch, noise, prediction, loss, gradient, optimizer, averages. Lives on one thread.
/// </summary>
internal sealed class TrainingLoop : IDisposable
{
    private const int MostRollBacks = 3;
    private const long StepsBetweenSnapshots = 100;

    private readonly Denoiser _denoiser;
    private readonly Scheduler _scheduler;
    private readonly TrainingOptions _options;
    private readonly BatchSource _batches;
    private readonly Objective? _objective; // none where the caller has a loss
    private readonly TrainingPass _pass;
    private readonly ILogger _logger;
    private StateSnapshot? _snapshot;
    private bool _checkedOutput;

    /// <param name="denoiser">What is trained.</param>
    /// <param name="scheduler">The noise.</param>
    /// <param name="options">How to train.</param>
    /// <param name="pass">Forward and backward; taken over.</param>
    /// <param name="batches">What to learn; taken over.</param>
    /// <param name="state">What is trained.</param>
    /// <param name="logger">Is told of going back.</param>
    public TrainingLoop(
        Denoiser denoiser, Scheduler scheduler, TrainingOptions options, TrainingPass pass, BatchSource batches,
        TrainingState state, ILogger logger)
    {
        (_denoiser, _scheduler, _options, _pass) = (denoiser, scheduler, options, pass);
        (_batches, State, _logger) = (batches, state, logger);
        _objective = options.Loss is null ? new Objective(scheduler, options.MinSnrGamma) : null;
    }

    /// <summary>What is being trained.</summary>
    public TrainingState State { get; }

    /// <summary>The learning rate of the last step.</summary>
    public double LearningRate { get; private set; }

    /// <summary>The norm of all gradients of the last step, before it was bounded.</summary>
    public double GradientNorm { get; private set; }

    /// <summary>
    /// Makes one step, or goes back to an earlier one where that is the rule for numbers that are not finite.
    /// </summary>
    /// <exception cref="TrainingDivergedException">
    /// A number is not finite, and going back is not the rule or has not helped.
    /// </exception>
    public void Advance()
    {
        if (_options.NonFinite == NonFiniteAction.RollBack
            && (_snapshot is null || (State.Step % StepsBetweenSnapshots == 0 && _snapshot.Step != State.Step)))
        {
            TakeSnapshot();
        }
        using var scope = NewDisposeScope();
        (float loss, float norm) = Differentiate();
        if (!float.IsFinite(loss) || !float.IsFinite(norm))
        {
            GiveUpOrGoBack(float.IsFinite(loss) ? "the gradient" : "the loss");
            return;
        }
        GradientNorm = norm;
        Update(norm);
        State.Losses.Add(loss);
    }

    /// <summary>Looks for weights and averages that are not finite, as nobody may save or use such.</summary>
    /// <returns>Whether all is well; else the training went back.</returns>
    /// <exception cref="TrainingDivergedException">
    /// A number is not finite, and going back is not the rule or has not helped.
    /// </exception>
    public bool Verify()
    {
        if (State.NotFinite() is not { } what)
        {
            return true;
        }
        GiveUpOrGoBack(what);
        return false;
    }

    public void Dispose()
    {
        _snapshot?.Dispose();
        _pass.Dispose();
        _batches.Dispose();
    }

    /// <summary>Fills the gradient of the next step.</summary>
    private (float Loss, float Norm) Differentiate()
    {
        Batch batch = _batches.Next(State.Step);
        if (_options.Loss is { } loss)
        {
            return DifferentiateOwn(loss, batch);
        }
        Tensor noisy = _scheduler.AddNoise(batch.Clean, batch.Noise, batch.Timesteps);
        Tensor output = _pass.Forward(noisy, batch.TimestepTensor, batch.Condition);
        if (!_checkedOutput)
        {
            _objective!.CheckOutput(output, noisy);
            _checkedOutput = true;
        }
        (float value, Tensor gradient) = _objective!.Loss(output, noisy, batch);
        _pass.Backward(gradient);
        return (value, State.Flat.Gradient.norm().item<float>());
    }

    private (float Loss, float Norm) DifferentiateOwn(Func<LossInput, Tensor> loss, in Batch batch)
    {
        State.Flat.Gradient.zero_(); // backward adds to gradients that are there
        Tensor value = loss(new LossInput(_denoiser, _scheduler, batch, State.Step, _batches.Streams));
        if (value is null || value.NumberOfElements != 1 || !value.requires_grad)
        {
            throw new InvalidOperationException(
                $"The Loss of the options returned {(value is null ? "null" : $"[{string.Join(", ", value.shape)}]")}; " +
                "expected a scalar that depends on the denoiser's weights.");
        }
        value.backward();
        return (value.item<float>(), State.Flat.Gradient.norm().item<float>());
    }

    private void Update(float norm)
    {
        if (_options.MaxGradientNorm is { } most && norm > most)
        {
            State.Flat.Gradient.mul_(most / (norm + 1e-6)); // PyTorch's clip_grad_norm_
        }
        LearningRate = State.RateFactor * _options.LearningRateSchedule.Rate(
            State.Step, _options.Steps, _options.LearningRate);
        State.Optimizer.Step(State.Flat.Values, State.Flat.Gradient, LearningRate);
        foreach (EmaModel average in State.Ema)
        {
            average.Step();
        }
    }

    private void TakeSnapshot()
    {
        if (Verify())
        {
            _snapshot?.Dispose();
            _snapshot = new StateSnapshot(State);
        }
    }

    private void GiveUpOrGoBack(string what)
    {
        string reason = string.Create(
            CultureInfo.InvariantCulture, $"After {State.Step} steps {what} is not a finite number.");
        if (_options.NonFinite == NonFiniteAction.Stop || _snapshot is null || State.RollBacks == MostRollBacks)
        {
            string history = State.RollBacks > 0 ? $" The training had gone back {State.RollBacks} times." : "";
            throw new TrainingDivergedException(
                $"{reason}{history} Lower the learning rate ({_options.LearningRate}), " +
                "set MaxGradientNorm, or standardise the data.",
                State.Step, State.Losses.ToArray());
        }
        _snapshot.Restore(State);
        State.RollBacks++;
        State.RateFactor /= 2;
        TrainingLog.RolledBack(_logger, reason, State.Step, State.RateFactor);
    }
}
