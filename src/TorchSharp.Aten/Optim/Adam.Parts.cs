using static TorchSharp.torch;

namespace TorchSharp.Modules;

public partial class Adam
{
    /// <summary>Options of a group; what is null is taken from the optimizer.</summary>
    public class Options : OptimizerOptions
    {
        /// <summary>Decay rate of the first moment.</summary>
        public double? beta1;

        /// <summary>Decay rate of the second moment.</summary>
        public double? beta2;

        /// <summary>What is added to the root of the second moment.</summary>
        public double? eps;

        /// <summary>Share of the parameter that is added to the gradient.</summary>
        public double? weight_decay;

        /// <summary>Whether the largest second moment so far is used.</summary>
        public bool? amsgrad;

        /// <summary>Whether to climb rather than descend.</summary>
        public bool? maximize;

        /// <inheritdoc/>
        public override void LoadStateDict(OptimizerOptions source)
        {
            base.LoadStateDict(source);
            Options other = Same<Options>(source);
            (beta1, beta2, eps, weight_decay) = (other.beta1, other.beta2, other.eps, other.weight_decay);
            (amsgrad, maximize) = (other.amsgrad, other.maximize);
        }

        internal override void FillFrom(OptimizerOptions defaults)
        {
            base.FillFrom(defaults);
            Options other = Same<Options>(defaults);
            beta1 ??= other.beta1;
            beta2 ??= other.beta2;
            eps ??= other.eps;
            weight_decay ??= other.weight_decay;
            amsgrad ??= other.amsgrad;
            maximize ??= other.maximize;
        }
    }

    /// <summary>Parameters with options of their own.</summary>
    public class ParamGroup : ParamGroup<Options>, optim.IBetas
    {
        /// <summary>Makes an empty group.</summary>
        public ParamGroup() => Options = new Options();

        /// <summary>Makes a group.</summary>
        public ParamGroup(IEnumerable<Parameter> parameters, Options options)
            : base(parameters, options)
        {
        }

        /// <summary>Makes a group with all options given.</summary>
        public ParamGroup(
            IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999,
            double eps = 1E-08, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
            : base(parameters, new Options
            {
                LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay,
                amsgrad = amsgrad, maximize = maximize,
            }) => AdamMath.Validate(lr, beta1, beta2, eps, weight_decay);

        /// <summary>Decay rates of the first and of the second moment.</summary>
        public (double, double) Betas
        {
            get => (Options.beta1 ?? 0, Options.beta2 ?? 0);
            set => (Options.beta1, Options.beta2) = value;
        }
    }

    /// <summary>The moments of one parameter's gradient.</summary>
    public sealed class State : OptimizerState, IDisposable
    {
        /// <summary>Number of steps taken.</summary>
        public long step;

        /// <summary>First moment, shaped like the parameter.</summary>
        public Tensor exp_avg = null!;

        /// <summary>Second moment, shaped like the parameter.</summary>
        public Tensor exp_avg_sq = null!;

        /// <summary>Largest second moment so far, shaped like the parameter; null without amsgrad.</summary>
        public Tensor? max_exp_avg_sq;

        /// <summary>Makes an empty state.</summary>
        public State(Parameter parameter)
            : base(parameter)
        {
        }

        /// <inheritdoc/>
        public override void Initialize(OptimizerOptions options)
        {
            Dispose();
            step = 0;
            (exp_avg, exp_avg_sq) = (Zeros(), Zeros());
            max_exp_avg_sq = Same(options).amsgrad == true ? Zeros() : null;
        }

        /// <inheritdoc/>
        public override void LoadStateDict(OptimizerState source)
        {
            State other = Same<State>(source);
            if (ReferenceEquals(other, this))
            {
                return;
            }
            Dispose();
            step = other.step;
            (exp_avg, exp_avg_sq) = (Copy(other.exp_avg), Copy(other.exp_avg_sq));
            max_exp_avg_sq = other.max_exp_avg_sq is Tensor largest ? Copy(largest) : null;
        }

        /// <inheritdoc/>
        public override void to(Device device)
        {
            Move(ref exp_avg, device);
            Move(ref exp_avg_sq, device);
            if (max_exp_avg_sq is not null)
            {
                Move(ref max_exp_avg_sq, device);
            }
        }

        /// <inheritdoc/>
        public override bool ApproximatelyEquals(OptimizerState other) =>
            other is State state && step == state.step && Close(exp_avg, state.exp_avg)
            && Close(exp_avg_sq, state.exp_avg_sq) && Close(max_exp_avg_sq, state.max_exp_avg_sq);

        /// <summary>Frees the moments.</summary>
        public void Dispose()
        {
            exp_avg?.Dispose();
            exp_avg_sq?.Dispose();
            max_exp_avg_sq?.Dispose();
        }

        private static Options Same(OptimizerOptions options) => (Options)options;
    }
}
