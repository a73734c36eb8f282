using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Schedulers.Oracles;

/// <summary>The sampler on data whose every moment is known, with the best possible denoiser and no network.</summary>
public class GaussianOracleTests : TensorTest
{
    private static readonly GaussianOracle s_data = new(1.7, 0.6);

    public static TheoryData<PredictionType, VarianceType, TimestepSpacing> Kinds()
    {
        var kinds = new TheoryData<PredictionType, VarianceType, TimestepSpacing>();
        VarianceType[] variances =
            [VarianceType.FixedSmall, VarianceType.FixedSmallLog, VarianceType.FixedLarge, VarianceType.FixedLargeLog];
        foreach (PredictionType prediction in Enum.GetValues<PredictionType>())
        {
            foreach (VarianceType variance in variances)
            {
                foreach (TimestepSpacing spacing in Enum.GetValues<TimestepSpacing>())
                {
                    kinds.Add(prediction, variance, spacing);
                }
            }
        }
        return kinds;
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Step_ExactDenoiser_MovesMomentsAsConditionalNormalsDo(
        PredictionType prediction, VarianceType variance, TimestepSpacing spacing)
    {
        DdpmScheduler scheduler = Build(23, spacing, variance, prediction);

        Moments[] actual = ChainMoments.OfSampler(scheduler, s_data, SamplerSteps.Right);
        Moments[] expected = ChainMoments.Expected(scheduler, s_data);

        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i].Mean, actual[i].Mean, 1e-8);
            Assert.Equal(expected[i].Variance, actual[i].Variance, 1e-8);
        }
    }

    [Fact]
    public void Step_ExactDenoiser_LosesNothingOfTheMean()
    {
        // E[E[x_s | x_t]] = E[x_s], whatever the steps: only the variance has a discretisation error.
        Moments last = ChainMoments.OfSampler(Build(10), s_data, SamplerSteps.Right)[^1];

        Assert.Equal(s_data.Mean, last.Mean, 1e-8);
    }

    [Theory]
    [InlineData(VarianceType.FixedSmall, -1)]
    [InlineData(VarianceType.FixedLarge, 1)]
    public void Step_MoreSteps_VarianceErrorFallsAtFirstOrder(VarianceType variance, int sign)
    {
        int[] steps = [125, 250, 500, 1000];   // divisors of T: strides 8, 4, 2, 1
        double[] errors = [.. steps.Select(n => VarianceError(Build(n, variance: variance)))];

        Assert.All(errors, error => Assert.Equal(sign, Math.Sign(error)));
        Assert.InRange(Convergence.Order(steps, errors), 0.9, 1.1);
    }

    [Fact]
    public void Step_TenThousandSamples_HaveTheMomentsOfTheClosedForm()
    {
        const int count = 10_000;
        DdpmScheduler scheduler = Build(40, TimestepSpacing.Trailing);
        var random = new PhiloxStreams(7);
        var buffer = new float[count];
        random.Normal(RandomPurpose.InitialNoise, 0, count, 0, buffer);
        double start = scheduler.AlphasCumprod[(int)scheduler.Timesteps[0]];
        Tensor sample = tensor(buffer) * Math.Sqrt(s_data.VarianceAt(start)) + s_data.MeanAt(start);
        for (int i = 0; i < scheduler.Timesteps.Count; i++)
        {
            using var scope = NewDisposeScope();
            long timestep = scheduler.Timesteps[i];
            random.Normal(RandomPurpose.StepNoise, 0, count, i, buffer);
            Tensor output = s_data.Output(sample, scheduler.AlphasCumprod[(int)timestep], PredictionType.Epsilon);
            scheduler.StepInPlace(output, timestep, sample, tensor(buffer));
        }
        Moments expected = ChainMoments.Expected(scheduler, s_data)[^1];
        double[] values = [.. sample.data<float>().ToArray().Select(value => (double)value)];
        double mean = values.Average();
        double variance = values.Sum(value => (value - mean) * (value - mean)) / (count - 1);

        // Four standard errors of a sample's mean and variance.
        Assert.Equal(expected.Mean, mean, 4 * Math.Sqrt(expected.Variance / count));
        Assert.Equal(expected.Variance, variance, 4 * expected.Variance * Math.Sqrt(2.0 / count));
    }

    private static DdpmScheduler Build(
        int steps,
        TimestepSpacing spacing = TimestepSpacing.Leading,
        VarianceType variance = VarianceType.FixedSmall,
        PredictionType prediction = PredictionType.Epsilon)
    {
        var scheduler = new DdpmScheduler(new DdpmSchedulerConfig
        {
            ClipSample = false,
            TimestepSpacing = spacing,
            VarianceType = variance,
            PredictionType = prediction,
        });
        scheduler.SetTimesteps(steps);
        return scheduler;
    }

    private static double VarianceError(DdpmScheduler scheduler) =>
        ChainMoments.OfSampler(scheduler, s_data, SamplerSteps.Right)[^1].Variance - s_data.Spread * s_data.Spread;
}
