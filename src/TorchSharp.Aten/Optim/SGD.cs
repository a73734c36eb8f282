using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Stochastic gradient descent with momentum, step for step as in PyTorch.</summary>
public partial class SGD : OptimizerHelper, optim.IMomentum
{
    /// <summary>Makes the optimizer.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="lr">Learning rate.</param>
    /// <param name="momentum">Share of the last step that is kept.</param>
    /// <param name="dampening">Share of the gradient that does not enter the momentum.</param>
    /// <param name="weight_decay">Share of the parameter that is added to the gradient.</param>
    /// <param name="nesterov">Whether to look ahead along the momentum.</param>
    /// <param name="maximize">Whether to climb rather than descend.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public SGD(
        IEnumerable<Parameter> parameters, double lr, double momentum = 0, double dampening = 0,
        double weight_decay = 0,
        bool nesterov = false, bool maximize = false)
        : this([new ParamGroup(parameters, new Options())], lr, momentum, dampening, weight_decay, nesterov, maximize)
    {
    }

    /// <summary>Makes the optimizer; options that a group leaves null are those given here.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public SGD(
        IEnumerable<ParamGroup> parameters, double lr, double momentum = 0, double dampening = 0,
        double weight_decay = 0,
        bool nesterov = false, bool maximize = false)
        : base(new Options
        {
            LearningRate = lr, momentum = momentum, dampening = dampening, weight_decay = weight_decay,
            nesterov = nesterov, maximize = maximize,
        })
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lr);
        ArgumentOutOfRangeException.ThrowIfNegative(momentum);
        ArgumentOutOfRangeException.ThrowIfNegative(weight_decay);
        foreach (ParamGroup group in parameters)
        {
            add_param_group(group);
        }
    }

    /// <summary>The momentum of the first group; setting sets it in all.</summary>
    public double Momentum
    {
        get => _groups.Count > 0 ? ((ParamGroup)_groups[0]).Momentum : 0;
        set => _groups.ForEach(group => ((ParamGroup)group).Momentum = value);
    }

    /// <inheritdoc/>
    public override Tensor? step(Func<Tensor>? closure = null) => StepAll<Options, State>(closure, Update);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            DisposeState();
        }
        base.Dispose(disposing);
    }

    private protected override OptimizerState NewState(Parameter parameter) => new State(parameter);

    private static void Update(Parameter parameter, Tensor gradient, Options options, State state)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor direction = options.maximize == true ? gradient.neg() : gradient;
        if (options.weight_decay is double decay and not 0)
        {
            direction = direction.add(parameter, decay);
        }
        if (options.momentum is double momentum and not 0)
        {
            if (state.momentum_buffer is null)
            {
                state.momentum_buffer = direction.clone().DetachFromDisposeScope();
            }
            else
            {
                state.momentum_buffer.mul_(momentum).add_(direction, 1 - options.dampening!.Value);
            }
            direction = options.nesterov == true
                ? direction.add(state.momentum_buffer, momentum) : state.momentum_buffer;
        }
        parameter.add_(direction, -options.LearningRate!.Value);
    }
}
