namespace TorchSharp.Modules;

/// <summary>Options of a group of parameters; what is null is taken from the optimizer.</summary>
public class OptimizerOptions
{
    /// <summary>The learning rate of the next step.</summary>
    public double? LearningRate { get; set; }

    /// <summary>The learning rate at the beginning.</summary>
    public double InitialLearningRate { get; set; }

    /// <summary>Takes over the options of another optimizer of the same kind.</summary>
    public virtual void LoadStateDict(OptimizerOptions source)
    {
        ArgumentNullException.ThrowIfNull(source);
        (LearningRate, InitialLearningRate) = (source.LearningRate, source.InitialLearningRate);
    }

    /// <summary>Fills in what is null.</summary>
    internal virtual void FillFrom(OptimizerOptions defaults)
    {
        LearningRate ??= defaults.LearningRate;
        InitialLearningRate = LearningRate ?? 0;
    }

    private protected static TOptions Same<TOptions>(OptimizerOptions source)
        where TOptions : OptimizerOptions => source as TOptions
        ?? throw new ArgumentException(
            $"The options are {source?.GetType().FullName ?? "null"}, not {typeof(TOptions).FullName}.",
            nameof(source));
}
