using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What an optimizer remembers about one parameter.</summary>
public abstract class OptimizerState
{
    private protected readonly Parameter _parameter;

    /// <summary>Makes an empty state.</summary>
    protected OptimizerState(Parameter parameter) => _parameter = parameter;

    /// <summary>Starts anew.</summary>
    public abstract void Initialize(OptimizerOptions options);

    /// <summary>Copies the state of another optimizer of the same kind.</summary>
    public abstract void LoadStateDict(OptimizerState source);

    /// <summary>Moves the state to a device.</summary>
    public virtual void to(Device device)
    {
    }

    /// <summary>Whether another state holds nearly the same numbers.</summary>
    public virtual bool ApproximatelyEquals(OptimizerState other) => false;

    /// <summary>A tensor of zeros like the parameter, which the state owns.</summary>
    private protected Tensor Zeros() => zeros_like(_parameter).DetachFromDisposeScope();

    private protected Tensor Copy(Tensor source)
    {
        using IDisposable guard = no_grad();
        return source.to(_parameter.dtype, _parameter.device, copy: true).DetachFromDisposeScope();
    }

    private protected static void Move(ref Tensor tensor, Device device)
    {
        Tensor old = tensor;
        tensor = old.to(device).DetachFromDisposeScope();
        if (!ReferenceEquals(old, tensor))
        {
            old.Dispose();
        }
    }

    private protected static bool Close(Tensor? left, Tensor? right) =>
        left is null || right is null ? left is null && right is null : left.allclose(right);

    private protected static TState Same<TState>(OptimizerState source)
        where TState : OptimizerState => source as TState
        ?? throw new ArgumentException(
            $"The state is {source?.GetType().FullName ?? "null"}, not {typeof(TState).FullName}.", nameof(source));
}
