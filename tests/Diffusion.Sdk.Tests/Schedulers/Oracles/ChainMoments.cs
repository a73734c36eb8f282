using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Schedulers.Oracles;

/// <summary>Mean and variance of a sample on its way down.</summary>
public readonly record struct Moments(double Mean, double Variance);

/// <summary>
/// Moments along the chain for Gaussian data, once as the sampler makes them and once from probability theory alone.
/// A step without clipping is affine, x_s = A x_t + B + C noise, so three probes give its effect on moments exactly,
/// with no random numbers.
/// </summary>
public static class ChainMoments
{
    /// <summary>The moments after every step of the sampler, from the true moments at the first timestep.</summary>
    public static Moments[] OfSampler(ChainScheduler scheduler, GaussianOracle data, SamplerStep step)
    {
        Moments now = Start(scheduler, data);
        var path = new Moments[scheduler.Timesteps.Count];
        for (int i = 0; i < path.Length; i++)
        {
            using var scope = NewDisposeScope();
            long timestep = scheduler.Timesteps[i];
            Tensor sample = tensor(new double[] { 0, 1, 0 });
            Tensor noise = tensor(new double[] { 0, 0, 1 });
            Tensor output = data.Output(sample, scheduler.AlphasCumprod[(int)timestep], scheduler.PredictionType);
            double[] probes = step(scheduler, output, timestep, sample, noise).data<double>().ToArray();
            double slope = probes[1] - probes[0], gain = probes[2] - probes[0];
            now = new Moments(slope * now.Mean + probes[0], slope * slope * now.Variance + gain * gain);
            path[i] = now;
        }
        return path;
    }

    /// <summary>
    /// The same without the posterior's formulas: x_s and x_t are jointly normal with Cov = sqrt(alpha) Var(x_s), so
    /// E[x_s | x_t] is the regression line, and the step adds the given variance to it.
    /// </summary>
    public static Moments[] Expected(DdpmScheduler scheduler, GaussianOracle data)
    {
        Moments now = Start(scheduler, data);
        var path = new Moments[scheduler.Timesteps.Count];
        for (int i = 0; i < path.Length; i++)
        {
            double from = scheduler.AlphasCumprod[(int)scheduler.Timesteps[i]];
            double to = i + 1 < path.Length ? scheduler.AlphasCumprod[(int)scheduler.Timesteps[i + 1]] : 1;
            double slope = Math.Sqrt(from / to) * data.VarianceAt(to) / data.VarianceAt(from);
            now = new Moments(
                data.MeanAt(to) + slope * (now.Mean - data.MeanAt(from)),
                slope * slope * now.Variance + AddedVariance(scheduler.Config.VarianceType, from, to));
            path[i] = now;
        }
        return path;
    }

    /// <summary>
    /// Variance of x_s for known x_0 and x_t. Precisions add up: x_s is seen through x_0 with variance 1 - to, and
    /// through x_t with variance beta / alpha.
    /// </summary>
    public static double PosteriorVariance(double from, double to) =>
        to == 1 ? 0 : 1 / (1 / (1 - to) + from / to / (1 - from / to));

    /// <summary>That variance (small), or the one of x_t for known x_s (large); none on the way to x_0.</summary>
    private static double AddedVariance(VarianceType type, double from, double to) =>
        type is VarianceType.FixedSmall or VarianceType.FixedSmallLog ? PosteriorVariance(from, to)
        : to == 1 ? 0
        : 1 - from / to;

    private static Moments Start(ChainScheduler scheduler, GaussianOracle data)
    {
        double alphaBar = scheduler.AlphasCumprod[(int)scheduler.Timesteps[0]];
        return new Moments(data.MeanAt(alphaBar), data.VarianceAt(alphaBar));
    }
}
