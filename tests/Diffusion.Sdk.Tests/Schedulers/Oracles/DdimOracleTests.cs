using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Schedulers.Oracles;

/// <summary>DDIM on data of which everything is known, with the best possible denoiser and no network.</summary>
public class DdimOracleTests : TensorTest
{
    private static readonly GaussianOracle s_data = new(1.7, 0.6);

    public static TheoryData<PredictionType, TimestepSpacing, double> Kinds()
    {
        var kinds = new TheoryData<PredictionType, TimestepSpacing, double>();
        foreach (PredictionType prediction in Enum.GetValues<PredictionType>())
        {
            foreach (TimestepSpacing spacing in Enum.GetValues<TimestepSpacing>())
            {
                kinds.Add(prediction, spacing, 0);
                kinds.Add(prediction, spacing, 0.4);
                kinds.Add(prediction, spacing, 1);
            }
        }
        return kinds;
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Step_DataOfOnePoint_KeepsTheMarginalsOfTheForwardProcess(
        PredictionType prediction, TimestepSpacing spacing, double eta)
    {
        // What defines the family, Song et al. 2021, lemma 1: x_s is N(sqrt(alpha_bar_s) x_0, 1 - alpha_bar_s), whatever
        // eta is.
        DdimScheduler scheduler = Build(23, spacing, prediction, eta);
        var point = new GaussianOracle(1.7, 0);

        Moments[] actual = ChainMoments.OfSampler(scheduler, point, SamplerSteps.Right);

        for (int i = 0; i < actual.Length; i++)
        {
            double to = i + 1 < actual.Length ? scheduler.AlphasCumprod[(int)scheduler.Timesteps[i + 1]] : 1;
            Assert.Equal(point.MeanAt(to), actual[i].Mean, 1e-8);
            Assert.Equal(point.VarianceAt(to), actual[i].Variance, 1e-8);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.4)]
    [InlineData(1)]
    public void Step_AnyEta_AddsThatShareOfThePosteriorsDeviation(double eta)
    {
        DdimScheduler scheduler = Build(23, TimestepSpacing.Trailing, eta: eta);

        for (int i = 0; i + 1 < scheduler.Timesteps.Count; i++)
        {
            double from = scheduler.AlphasCumprod[(int)scheduler.Timesteps[i]];
            double to = scheduler.AlphasCumprod[(int)scheduler.Timesteps[i + 1]];
            Tensor output = zeros(2, dtype: ScalarType.Float64), noise = tensor(new double[] { 0, 1 });
            double[] next = scheduler.Step(output, scheduler.Timesteps[i], ones_like(output), noise).PrevSample
                .data<double>().ToArray();

            Assert.Equal(eta * Math.Sqrt(ChainMoments.PosteriorVariance(from, to)), next[1] - next[0], 1e-10);
        }
    }

    [Theory]
    [InlineData(0, -1)]
    [InlineData(1, -1)]
    public void Step_MoreSteps_VarianceErrorFallsAtFirstOrder(double eta, int sign)
    {
        int[] steps = [125, 250, 500, 1000];   // divisors of T: strides 8, 4, 2, 1
        double[] errors = [.. steps.Select(n => Last(n, eta).Variance - s_data.Spread * s_data.Spread)];

        Assert.All(errors, error => Assert.Equal(sign, Math.Sign(error)));
        Assert.InRange(Convergence.Order(steps, errors), 0.9, 1.1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Step_ExactDenoiser_LosesNothingOfTheMean(double eta) =>
        Assert.Equal(s_data.Mean, Last(10, eta).Mean, 1e-8);

    [Fact]
    public void Step_FewSteps_EtaZeroIsNearerThanEtaOne()
    {
        // The claim of the paper, and why one takes DDIM: for few steps the deterministic path is the better one.
        double Error(double eta) => Math.Abs(Last(20, eta).Variance - s_data.Spread * s_data.Spread);

        Assert.True(Error(0) < 0.7 * Error(1), $"{Error(0)} against {Error(1)}");
    }

    [Fact]
    public void Step_MoreSteps_PathsOfTheMixtureConvergeToTheFlowAtFirstOrder()
    {
        int[] steps = [50, 100, 200, 500];
        Tensor start = MixtureFlow.Start(256);
        Tensor exact = MixtureFlow.ToData(start, Build(1000, TimestepSpacing.Trailing).AlphasCumprod[999]);

        double[] errors = [.. steps.Select(n =>
        {
            using var scope = NewDisposeScope();
            Tensor end = MixtureFlow.Run(Build(n, TimestepSpacing.Trailing), start);
            return (end - exact).abs().mean().item<double>();
        })];

        Assert.InRange(Convergence.Order(steps, errors), 0.85, 1.15);
        Assert.InRange(errors[^1], 0, 0.05);   // the mixture's components are about 7 apart
    }

    [Fact]
    public void InverseThenStep_Gaussian_ReturnsWithAnErrorOfFirstOrder()
    {
        int[] steps = [50, 100, 200, 500];

        double[] errors = [.. steps.Select(n => RoundTrip(n) - 1)];

        Assert.InRange(Convergence.Order(steps, errors), 0.9, 1.2);
        Assert.InRange(Math.Abs(errors[^1]), 0, 0.03);
    }

    [Fact]
    public void InverseThenStep_Mixture_ReturnsWithAnErrorOfFirstOrder()
    {
        int[] steps = [50, 100, 200, 500];
        Tensor data = tensor(MixtureOracle.Draw(256, seed: 4)).to_type(ScalarType.Float64);

        double[] errors = [.. steps.Select(n =>
        {
            using var scope = NewDisposeScope();
            DdimScheduler down = Build(n, TimestepSpacing.Trailing);
            DdimInverseScheduler up = DdimInverseScheduler.FromConfig(down.Config);
            up.SetTimesteps(n);
            Tensor latent = MixtureFlow.Run(up, data);
            return (MixtureFlow.Run(down, latent) - data).abs().mean().item<double>();
        })];

        Assert.InRange(Convergence.Order(steps, errors), 0.85, 1.2);
        Assert.InRange(errors[^1], 0, 0.05);
    }

    [Fact]
    public void Inverse_DataOfTheMixture_BecomeStandardNormal()
    {
        DdimInverseScheduler up = DdimInverseScheduler.FromConfig(Build(200, TimestepSpacing.Trailing).Config);
        up.SetTimesteps(200);
        Tensor latent = MixtureFlow.Run(up, tensor(MixtureOracle.Draw(4000, seed: 4)).to_type(ScalarType.Float64));

        Assert.All(latent.mean([0L]).data<double>().ToArray(), mean => Assert.Equal(0, mean, 0.07));
        Assert.All(latent.std(0).data<double>().ToArray(), deviation => Assert.Equal(1, deviation, 0.07));
    }

    /// <summary>How much a difference grows on the way up and down; 1 if the return is exact.</summary>
    private static double RoundTrip(int steps)
    {
        DdimScheduler down = Build(steps, TimestepSpacing.Trailing);
        DdimInverseScheduler up = DdimInverseScheduler.FromConfig(down.Config);
        up.SetTimesteps(steps);
        double Slope(ChainScheduler scheduler)
        {
            double slope = 1;
            foreach (long timestep in scheduler.Timesteps)
            {
                using var scope = NewDisposeScope();
                Tensor sample = tensor(new double[] { 0, 1 });
                Tensor output = s_data.Output(sample, scheduler.AlphasCumprod[(int)timestep], PredictionType.Epsilon);
                double[] next = scheduler.Step(output, timestep, sample).PrevSample.data<double>().ToArray();
                slope *= next[1] - next[0];
            }
            return slope;
        }
        return Slope(up) * Slope(down);
    }

    private static Moments Last(int steps, double eta) =>
        ChainMoments.OfSampler(Build(steps, TimestepSpacing.Leading, eta: eta), s_data, SamplerSteps.Right)[^1];

    private static DdimScheduler Build(
        int steps, TimestepSpacing spacing, PredictionType prediction = PredictionType.Epsilon, double eta = 0)
    {
        var scheduler = new DdimScheduler(new DdimSchedulerConfig
        {
            ClipSample = false,
            TimestepSpacing = spacing,
            PredictionType = prediction,
        })
        {
            Eta = eta,
        };
        scheduler.SetTimesteps(steps);
        return scheduler;
    }
}
