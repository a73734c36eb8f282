using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Adam (Kingma and Ba 2015, arXiv:1412.6980), step for step as in PyTorch.</summary>
public partial class Adam : OptimizerHelper, optim.IBetas
{
    /// <summary>Makes the optimizer.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="lr">Learning rate.</param>
    /// <param name="beta1">Decay rate of the first moment, in [0, 1).</param>
    /// <param name="beta2">Decay rate of the second moment, in [0, 1).</param>
    /// <param name="eps">What is added to the root of the second moment.</param>
    /// <param name="weight_decay">Share of the parameter that is added to the gradient.</param>
    /// <param name="amsgrad">Whether the largest second moment so far is used.</param>
    /// <param name="maximize">Whether to climb rather than descend.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public Adam(
        IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999,
        double eps = 1E-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
        : this([new ParamGroup(parameters, new Options())], lr, beta1, beta2, eps, weight_decay, amsgrad, maximize)
    {
    }

    /// <summary>Makes the optimizer; options that a group leaves null are those given here.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public Adam(
        IEnumerable<ParamGroup> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999,
        double eps = 1E-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
        : base(new Options
        {
            LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, amsgrad = amsgrad,
            maximize = maximize,
        })
    {
        AdamMath.Validate(lr, beta1, beta2, eps, weight_decay);
        foreach (ParamGroup group in parameters)
        {
            add_param_group(group);
        }
    }

    /// <summary>
    /// Decay rates of the first and of the second moment, of the first group; setting sets them in all.
    /// </summary>
    public (double, double) Betas
    {
        get => _groups.Count > 0 ? ((ParamGroup)_groups[0]).Betas : (0, 0);
        set => _groups.ForEach(group => ((ParamGroup)group).Betas = value);
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
        state.step++;
        AdamMath.Update(
            parameter, gradient, state.exp_avg, state.exp_avg_sq, state.max_exp_avg_sq,
            new AdamMath.Step(
                state.step, options.LearningRate!.Value, options.beta1!.Value, options.beta2!.Value, options.eps!.Value,
                options.weight_decay!.Value, Decoupled: false, options.maximize!.Value));
    }
}
