using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Schedulers.Oracles;

/// <summary>The checks pass for DDIM as it is and fail for every mistake in <see cref="DdimMutant.All"/>.</summary>
public class DdimMutantTests : TensorTest
{
    private const double Tolerance = 1e-6;
    private const double Eta = 0.6;

    public static TheoryData<string> Names => new(DdimMutant.All.Select(mutant => mutant.Name));

    [Fact]
    public void All_Names_AreAtLeastFifteenAndDifferent()
    {
        Assert.True(DdimMutant.All.Count >= 15);
        Assert.Equal(DdimMutant.All.Count, DdimMutant.All.DistinctBy(mutant => mutant.Name).Count());
    }

    [Fact]
    public void Checks_RightSampler_Pass() =>
        Assert.All(Checks(new DdimMutant("none")), error => Assert.InRange(error, 0, Tolerance));

    [Theory, MemberData(nameof(Names))]
    public void Checks_WrongSampler_OneFailsByFar(string name)
    {
        DdimMutant mutant = DdimMutant.All.Single(candidate => candidate.Name == name);

        Assert.Contains(Checks(mutant), error => !(error < 100 * Tolerance));
    }

    /// <summary>The errors of a sampler in each check.</summary>
    private static double[] Checks(DdimMutant mutant) =>
        [MarginalError(mutant), NoiseError(mutant), ClippedError(mutant)];

    /// <summary>Data of one point: the noise levels that steps arrive at are those of the forward process.</summary>
    private static double MarginalError(DdimMutant mutant)
    {
        DdimScheduler scheduler = Build(mutant, clip: false);
        var point = new GaussianOracle(1.7, 0);
        Moments[] actual = ChainMoments.OfSampler(scheduler, point, mutant.Step ?? SamplerSteps.Right);
        double Error(Moments moments, double to) =>
            Math.Max(Math.Abs(moments.Mean - point.MeanAt(to)), Math.Abs(moments.Variance - point.VarianceAt(to)));
        return actual.Select((moments, i) => Error(
            moments, i + 1 < actual.Length ? scheduler.AlphasCumprod[(int)scheduler.Timesteps[i + 1]] : 1)).Max();
    }

    /// <summary>The noise that a step adds is eta times the deviation of the posterior.</summary>
    private static double NoiseError(DdimMutant mutant)
    {
        DdimScheduler scheduler = Build(mutant, clip: false);
        (double from, double to) = (scheduler.AlphasCumprod[400], scheduler.AlphasCumprod[350]);
        Tensor output = zeros(2, dtype: ScalarType.Float64), noise = tensor(new double[] { 0, 1 });
        double[] next = (mutant.Step ?? SamplerSteps.Right)(scheduler, output, 400, ones_like(output), noise)
            .data<double>().ToArray();
        return Math.Abs(next[1] - next[0] - Eta * Math.Sqrt(ChainMoments.PosteriorVariance(from, to)));
    }

    /// <summary>An x_0 far outside the range counts as the range's end; the noise stays as predicted.</summary>
    private static double ClippedError(DdimMutant mutant)
    {
        DdimScheduler scheduler = Build(mutant, clip: true);
        (double from, double to) = (scheduler.AlphasCumprod[400], scheduler.AlphasCumprod[350]);
        const double predicted = -50, x = 2.5, draw = 1.5, range = 1;
        double variance = Eta * Eta * ChainMoments.PosteriorVariance(from, to);
        double expected = Math.Sqrt(to) * range + Math.Sqrt(1 - to - variance) * predicted + Math.Sqrt(variance) * draw;

        Tensor actual = (mutant.Step ?? SamplerSteps.Right)(
            scheduler, full([1], predicted, dtype: ScalarType.Float64), 400,
            full([1], x, dtype: ScalarType.Float64), full([1], draw, dtype: ScalarType.Float64));
        return Math.Abs(actual.item<double>() - expected);
    }

    private static DdimScheduler Build(DdimMutant mutant, bool clip)
    {
        var scheduler = new DdimScheduler(new DdimSchedulerConfig { ClipSample = clip })
        {
            Eta = Eta,
            Rule = mutant.Rule ?? DdimCoefficients.At,
        };
        scheduler.SetTimesteps(20);
        return scheduler;
    }
}
