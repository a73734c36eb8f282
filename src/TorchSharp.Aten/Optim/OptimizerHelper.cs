using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What all optimizers written in C# share: groups, state, and their copies.</summary>
public abstract class OptimizerHelper : optim.Optimizer
{
    private protected readonly Dictionary<Parameter, OptimizerState> _stateOf = new(ReferenceEqualityComparer.Instance);
    private readonly OptimizerOptions _optionDefaults;

    private protected OptimizerHelper(OptimizerOptions defaults)
    {
        _optionDefaults = defaults;
        _optionDefaults.InitialLearningRate = defaults.LearningRate ?? 0;
    }

    /// <summary>
    /// Adds a group of parameters, whose options are completed by the optimizer's, and starts their state.
    /// </summary>
    /// <exception cref="ArgumentException">A parameter is in the optimizer already.</exception>
    public override void add_param_group(ParamGroup param_group)
    {
        ArgumentNullException.ThrowIfNull(param_group);
        param_group.Parameters = [.. param_group.Parameters];
        param_group.Options.FillFrom(_optionDefaults);
        foreach (Parameter parameter in param_group.Parameters)
        {
            OptimizerState state = NewState(parameter);
            if (!_stateOf.TryAdd(parameter, state))
            {
                throw new ArgumentException("A parameter is in the optimizer already.", nameof(param_group));
            }
            state.Initialize(param_group.Options);
        }
        base.add_param_group(param_group);
    }

    /// <summary>Options and state: the objects themselves, not copies.</summary>
    public virtual StateDictionary state_dict()
    {
        var dictionary = new StateDictionary();
        foreach (ParamGroup group in _groups)
        {
            var places = new List<int>();
            foreach (Parameter parameter in group.Parameters)
            {
                places.Add(dictionary.State.Count);
                dictionary.State.Add(_stateOf[parameter]);
            }
            dictionary.Options.Add(group.Options);
            dictionary.StateIndexRef.Add(places);
        }
        return dictionary;
    }

    /// <summary>Copies options and state of another optimizer of the same kind over the same groups.</summary>
    /// <exception cref="ArgumentException">The groups differ in number or size.</exception>
    public virtual void load_state_dict(StateDictionary state_dict)
    {
        ArgumentNullException.ThrowIfNull(state_dict);
        StateDictionary own = this.state_dict();
        List<int> ownSizes = [.. own.StateIndexRef.Select(places => places.Count)];
        List<int> givenSizes = [.. state_dict.StateIndexRef.Select(places => places.Count)];
        if (!ownSizes.SequenceEqual(givenSizes))
        {
            throw new ArgumentException(
                $"The state has groups of [{string.Join(", ", givenSizes)}] parameters, the optimizer of "
                + $"[{string.Join(", ", ownSizes)}].", nameof(state_dict));
        }
        for (int group = 0; group < ownSizes.Count; group++)
        {
            own.Options[group].LoadStateDict(state_dict.Options[group]);
            for (int place = 0; place < ownSizes[group]; place++)
            {
                own.State[own.StateIndexRef[group][place]].LoadStateDict(
                    state_dict.State[state_dict.StateIndexRef[group][place]]);
            }
        }
    }

    /// <summary>Moves the state to a device.</summary>
    public void to(Device device)
    {
        foreach (OptimizerState state in _stateOf.Values)
        {
            state.to(device);
        }
    }

    private protected void DisposeState()
    {
        foreach (OptimizerState state in _stateOf.Values)
        {
            (state as IDisposable)?.Dispose();
        }
        _stateOf.Clear();
        _groups.Clear();
    }

    private protected abstract OptimizerState NewState(Parameter parameter);

    /// <summary>
    /// Runs the closure with gradients on, then a function on each group and each of its gradients with gradients
    /// off.
    /// </summary>
    private protected Tensor? StepAll<TOptions, TState>(
        Func<Tensor>? closure, Action<Parameter, Tensor, TOptions, TState> update)
        where TOptions : OptimizerOptions
        where TState : OptimizerState
    {
        Tensor? loss = null;
        if (closure is not null)
        {
            using IDisposable grad = enable_grad();
            loss = closure();
        }
        using IDisposable guard = no_grad();
        foreach (ParamGroup group in _groups)
        {
            foreach (Parameter parameter in group.Parameters)
            {
                using Tensor? gradient = parameter.grad;
                if (gradient is not null)
                {
                    update(parameter, gradient, (TOptions)group.Options, (TState)_stateOf[parameter]);
                }
            }
        }
        return loss;
    }
}
