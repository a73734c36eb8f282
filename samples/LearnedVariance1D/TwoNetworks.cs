using Diffusion.Sdk.Numerics;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LearnedVariance1D;

/// <summary>Mean and deviation of x_(t-1) given x_t, each by four ReLU units over x_t and the time.</summary>
internal sealed class TwoNetworks : Denoiser
{
    public const int Steps = 250;
    public const double Beta = 0.02;
    private readonly Linear _mean1 = nn.Linear(2, 4), _mean2 = nn.Linear(4, 1);
    private readonly Linear _std1 = nn.Linear(2, 4), _std2 = nn.Linear(4, 1);
    public TwoNetworks(long seed)
        : base(nameof(TwoNetworks))
    {
        RegisterComponents();
        WeightInitialization.Apply(this, new PhiloxStreams(seed));
    }

    public override IReadOnlyList<int> SampleShape { get; } = [1];
    public override string ToConfigJson() => "{}";
    /// <summary>Mean and deviation of x_(t-1), [N, 1] each, from x_t and t in [1, T], [N, 1] each.</summary>
    public (Tensor Mean, Tensor Deviation) Reverse(Tensor sample, Tensor time)
    {
        Tensor input = cat([sample, time.div(Steps + 1)], 1); // the source divides by T + 1
        return (_mean2.forward(_mean1.forward(input).relu()), _std2.forward(_std1.forward(input).relu()).softplus());
    }

    // VarianceType.Learned reads x_0 and a variance; Ho et al. 2020, eq. 7, solved for the x_0 that has the mean:
    // mean (1 - alpha_bar_t) = sqrt(alpha_bar_(t-1)) beta x_0 + sqrt(1 - beta) (1 - alpha_bar_(t-1)) x_t.
    public override Tensor forward(Tensor input1, Tensor input2, Tensor? input3)
    {
        using var scope = NewDisposeScope();
        Tensor time = input2.to_type(ScalarType.Float32).unsqueeze(1); // t - 1: timesteps count from 0
        (Tensor mean, Tensor deviation) = Reverse(input1, time.add(1));
        Tensor before = time.mul(Math.Log(1 - Beta)).exp(); // alpha_bar_(t-1)
        Tensor fromSample = input1.mul(before.neg().add(1)).mul(Math.Sqrt(1 - Beta));
        Tensor original = mean.mul(before.mul(Beta - 1).add(1)).sub(fromSample).div(before.sqrt().mul(Beta));
        return cat([original, deviation.square()], 1).MoveToOuterDisposeScope();
    }
}
