using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Schedulers.Oracles;

/// <summary>The checks pass for the sampler as it is and fail for every mistake in <see cref="Mutant.All"/>.</summary>
public class MutantTests : TensorTest
{
    private const double Tolerance = 1e-6;

    private static readonly GaussianOracle s_data = new(1.7, 0.6);

    public static TheoryData<string> Names => new(Mutant.All.Select(mutant => mutant.Name));

    [Fact]
    public void All_Names_AreAtLeastEightAndDifferent()
    {
        Assert.True(Mutant.All.Count >= 8);
        Assert.Equal(Mutant.All.Count, Mutant.All.DistinctBy(mutant => mutant.Name).Count());
    }

    [Fact]
    public void Checks_RightSampler_Pass() => Assert.All(Checks(new Mutant("none")), error => Assert.InRange(error, 0, Tolerance));

    [Theory, MemberData(nameof(Names))]
    public void Checks_WrongSampler_OneFailsByFar(string name)
    {
        Mutant mutant = Mutant.All.Single(candidate => candidate.Name == name);

        Assert.Contains(Checks(mutant), error => !(error < 100 * Tolerance));
    }

    /// <summary>The errors of a sampler in each check.</summary>
    private static double[] Checks(Mutant mutant) => [MomentError(mutant), ClippedMeanError(mutant)];

    /// <summary>Distance of the moments along the chain from the closed form, 20 steps out of 1000, no clipping.</summary>
    private static double MomentError(Mutant mutant)
    {
        DdpmScheduler scheduler = Build(mutant, clip: false);
        Moments[] actual = ChainMoments.OfSampler(scheduler, s_data, mutant.Step ?? SamplerSteps.Right);
        Moments[] expected = ChainMoments.Expected(scheduler, s_data);
        return actual.Zip(expected, (a, e) => Math.Max(Math.Abs(a.Mean - e.Mean), Math.Abs(a.Variance - e.Variance))).Max();
    }

    /// <summary>
    /// With a predicted x_0 far outside the range, x_0 counts as the range's end, so that x_s is the posterior of that
    /// point: the mean by precision weighting of the two normals that know x_s.
    /// </summary>
    private static double ClippedMeanError(Mutant mutant)
    {
        DdpmScheduler scheduler = Build(mutant, clip: true);
        long timestep = scheduler.Timesteps[8];
        double from = scheduler.AlphasCumprod[(int)timestep];
        double to = scheduler.AlphasCumprod[(int)scheduler.Timesteps[9]];
        const double x = 2.5, draw = 1.5, range = 1;
        double fromOriginal = 1 / (1 - to), fromSample = from / to / (1 - from / to);   // precisions
        double mean = (fromOriginal * Math.Sqrt(to) * range + fromSample * x / Math.Sqrt(from / to)) / (fromOriginal + fromSample);
        double expected = mean + draw / Math.Sqrt(fromOriginal + fromSample);

        Tensor output = full([1], -50.0, dtype: ScalarType.Float64);   // x_0 far above the range
        Tensor actual = (mutant.Step ?? SamplerSteps.Right)(
            scheduler, output, timestep, full([1], x, dtype: ScalarType.Float64), full([1], draw, dtype: ScalarType.Float64));
        return Math.Abs(actual.item<double>() - expected);
    }

    private static DdpmScheduler Build(Mutant mutant, bool clip)
    {
        var scheduler = new DdpmScheduler(new DdpmSchedulerConfig { ClipSample = clip }) { Rule = mutant.Rule ?? DdpmCoefficients.At };
        scheduler.SetTimesteps(20);
        return scheduler;
    }
}
