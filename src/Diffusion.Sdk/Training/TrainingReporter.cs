namespace Diffusion.Sdk.Training;

/// <summary>Tells how far a run is, and how long it has taken and will.</summary>
internal sealed class TrainingReporter(
    TrainingOptions options, Epochs epochs, TimeProvider time, IProgress<TrainingProgress>? progress)
{
    private readonly long _began = time.GetTimestamp();
    private long _first;
    private long _reported;

    /// <summary>Time since the run began.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_began);

    /// <summary>Whether the time that a run may take is up.</summary>
    public bool IsTimeUp => Elapsed >= options.TimeLimit;

    /// <summary>Starts at a step: that of the checkpoint, or 0.</summary>
    public void Begin(long step) => (_first, _reported) = (step, step);

    /// <summary>Notes that the training went back to a step.</summary>
    public void WentBack(long step) => _reported = Math.Min(_reported, step);

    /// <summary>Tells where the training stands, unless nobody listens or nothing has been done.</summary>
    public void Report(TrainingLoop loop, string? saved, bool last)
    {
        TrainingState state = loop.State;
        if (progress is null || state.Step == 0)
        {
            return;
        }
        long whole = epochs.Completed(state.Step);
        int count = (int)Math.Max(1, state.Step - _reported);
        TimeSpan elapsed = Elapsed;
        _reported = state.Step;
        progress.Report(new TrainingProgress
        {
            Step = state.Step,
            TotalSteps = options.Steps,
            Loss = state.Losses.TakeLast(count).Average(),
            Epochs = whole,
            EpochLoss = whole > 0 ? epochs.MeanLoss(state.Losses, whole - 1) : null,
            LearningRate = loop.LearningRate,
            GradientNorm = loop.GradientNorm,
            Elapsed = elapsed,
            TimeLeft = last ? TimeSpan.Zero : TimeLeft(state.Step, elapsed),
            CheckpointSaved = saved,
        });
    }

    private TimeSpan TimeLeft(long step, TimeSpan elapsed)
    {
        double atThisSpeed = (double)elapsed.Ticks / Math.Max(1, step - _first) * (options.Steps - step);
        long allowed = Math.Max(0, ((options.TimeLimit ?? TimeSpan.MaxValue) - elapsed).Ticks);
        return TimeSpan.FromTicks(atThisSpeed < allowed ? (long)atThisSpeed : allowed);
    }
}
