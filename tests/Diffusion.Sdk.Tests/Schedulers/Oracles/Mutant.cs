using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Schedulers.Oracles;

/// <summary>A sampler with one deliberate mistake, of the kinds that are made when DDPM is written down.</summary>
/// <param name="Name">The mistake.</param>
/// <param name="Rule">The coefficients; null for the right ones.</param>
/// <param name="Step">The step; null for the right one.</param>
internal sealed record Mutant(string Name, DdpmCoefficientRule? Rule = null, SamplerStep? Step = null)
{
    /// <summary>Every mistake that the checks have to notice.</summary>
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("square roots of alpha_bar and 1 - alpha_bar swapped in x_0", (table, t, s, prediction) =>
        {
            double alphaBar = table[(int)t];
            return DdpmCoefficients.At(table, t, s, prediction) with
            {
                SampleToOriginal = 1 / Math.Sqrt(1 - alphaBar),
                OutputToOriginal = -Math.Sqrt(alphaBar / (1 - alphaBar)),
            };
        }),
        new("x_0 from the timestep one below", (table, t, s, prediction) =>
        {
            DdpmCoefficients below = DdpmCoefficients.At(table, Math.Max(t - 1, 0), -1, prediction);
            return DdpmCoefficients.At(table, t, s, prediction) with
            {
                SampleToOriginal = below.SampleToOriginal,
                OutputToOriginal = below.OutputToOriginal,
            };
        }),
        new("previous timestep one too low", (table, t, s, prediction) =>
            DdpmCoefficients.At(table, t, s - 1, prediction)),
        new("alpha_t in place of alpha_bar_t in x_0", (table, t, s, prediction) =>
        {
            double alpha = s < 0 ? table[(int)t] : (double)table[(int)t] / table[(int)s];
            return DdpmCoefficients.At(table, t, s, prediction) with
            {
                SampleToOriginal = 1 / Math.Sqrt(alpha),
                OutputToOriginal = -Math.Sqrt((1 - alpha) / alpha),
            };
        }),
        new("alpha_bar not under its root in x_0", (table, t, s, prediction) =>
        {
            DdpmCoefficients right = DdpmCoefficients.At(table, t, s, prediction);
            return right with { SampleToOriginal = right.SampleToOriginal / Math.Sqrt(table[(int)t]) };
        }),
        new("sign of the noise in x_0", Change(right => right with { OutputToOriginal = -right.OutputToOriginal })),
        new("the posterior mean's factors exchanged", Change(right => right with
        {
            OriginalToMean = right.SampleToMean,
            SampleToMean = right.OriginalToMean,
        })),
        new("alpha in place of its root in the mean's factor of x_t", (table, t, s, prediction) =>
        {
            DdpmCoefficients right = DdpmCoefficients.At(table, t, s, prediction);
            double alpha = s < 0 ? table[(int)t] : (double)table[(int)t] / table[(int)s];
            return right with { SampleToMean = right.SampleToMean * Math.Sqrt(alpha) };
        }),
        new("alpha_bar_t in place of alpha_bar_s in the mean's factor of x_0", (table, t, s, prediction) =>
        {
            DdpmCoefficients right = DdpmCoefficients.At(table, t, s, prediction);
            double ratio = s < 0 ? table[(int)t] : (double)table[(int)t] / table[(int)s];
            return right with { OriginalToMean = right.OriginalToMean * Math.Sqrt(ratio) };
        }),
        new("beta in place of beta~", Change(right => right with { SmallVariance = right.LargeVariance })),
        new("sigma^2 in place of sigma", Change(right => right with
        {
            SmallVariance = right.SmallVariance * right.SmallVariance,
        })),
        new("beta of a single training timestep, though the step leaps over many", (table, t, s, prediction) =>
            DdpmCoefficients.At(table, t, s, prediction) with
            {
                SmallVariance = DdpmCoefficients.At(table, t, t - 1, prediction).SmallVariance,
            }),
        new("no noise", Step: (scheduler, output, timestep, sample, noise) =>
            SamplerSteps.Right(scheduler, output, timestep, sample, zeros_like(noise))),
        new("noise on the last step", Step: (scheduler, output, timestep, sample, noise) =>
        {
            Tensor right = SamplerSteps.Right(scheduler, output, timestep, sample, noise);
            return scheduler.NeedsNoise(timestep)
                ? right
                : right + noise * Math.Sqrt(((DdpmScheduler)scheduler).CoefficientsAt(timestep).LargeVariance);
        }),
        new("the mean clipped in place of x_0", Step: (scheduler, output, timestep, sample, noise) =>
        {
            var ddpm = (DdpmScheduler)scheduler;
            DdpmCoefficients c = ddpm.CoefficientsAt(timestep);
            Tensor original = output * c.OutputToOriginal + sample * c.SampleToOriginal;
            Tensor mean = Clip(ddpm, original * c.OriginalToMean + sample * c.SampleToMean);
            return scheduler.NeedsNoise(timestep) ? mean + noise * Math.Sqrt(c.SmallVariance) : mean;
        }),
        new("noise added before clipping", Step: (scheduler, output, timestep, sample, noise) =>
            Clip((DdpmScheduler)scheduler, SamplerSteps.Right(scheduler, output, timestep, sample, noise))),
    ];

    private static Tensor Clip(DdpmScheduler scheduler, Tensor sample)
    {
        double range = scheduler.Config.ClipSampleRange;
        return scheduler.Config.ClipSample ? sample.clamp(-range, range) : sample;
    }

    private static DdpmCoefficientRule Change(Func<DdpmCoefficients, DdpmCoefficients> change) =>
        (table, t, s, prediction) => change(DdpmCoefficients.At(table, t, s, prediction));
}
