using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Schedulers.Oracles;

/// <summary>A DDIM sampler with one deliberate mistake, of the kinds that are made when DDIM is written down.</summary>
/// <param name="Name">The mistake.</param>
/// <param name="Rule">The coefficients; null for the right ones.</param>
/// <param name="Step">The step; null for the right one.</param>
internal sealed record DdimMutant(string Name, DdimCoefficientRule? Rule = null, SamplerStep? Step = null)
{
    /// <summary>Every mistake that the checks have to notice.</summary>
    public static IReadOnlyList<DdimMutant> All { get; } =
    [
        new("square roots of alpha_bar and 1 - alpha_bar swapped in x_0", Reading((from, right) => right with
        {
            SampleToOriginal = 1 / Math.Sqrt(1 - from),
            OutputToOriginal = -Math.Sqrt(from / (1 - from)),
        })),
        new("alpha_bar not under its root in x_0", Reading((from, right) => right with
        {
            SampleToOriginal = 1 / from,
            OutputToOriginal = -Math.Sqrt(1 - from) / from,
        })),
        new("sign of the noise in x_0", Reading((_, right) => right with
        {
            OutputToOriginal = -right.OutputToOriginal,
        })),
        new("x_0 in place of the noise in the direction", Reading((_, right) => right with
        {
            SampleToNoise = right.SampleToOriginal,
            OutputToNoise = right.OutputToOriginal,
        })),
        new("alpha_bar in place of its root before x_0", Change((_, to, right) => right with { OriginalToNext = to })),
        new("alpha_bar of the step's start before x_0", Change((from, _, right) => right with
        {
            OriginalToNext = Math.Sqrt(from),
        })),
        new("alpha_bar of the step's start in the direction", Change((from, _, right) => right with
        {
            NoiseToNext = Math.Sqrt(1 - from - right.Deviation * right.Deviation),
        })),
        new("1 - alpha_bar not under its root in the direction", Change((_, to, right) => right with
        {
            NoiseToNext = 1 - to - right.Deviation * right.Deviation,
        })),
        new("sigma^2 not taken off the direction", Change((_, to, right) => right with
        {
            NoiseToNext = Math.Sqrt(1 - to),
        })),
        new("sigma in place of sigma^2 taken off the direction", Change((_, to, right) => right with
        {
            NoiseToNext = Math.Sqrt(Math.Max(0, 1 - to - right.Deviation)),
        })),
        new("sigma^2 in place of sigma before the noise", Change((_, _, right) => right with
        {
            Deviation = right.Deviation * right.Deviation,
        })),
        new("eta left out", (from, to, output, _) => DdimCoefficients.At(from, to, output, 1)),
        new("eta^2 in place of eta", (from, to, output, eta) => DdimCoefficients.At(from, to, output, eta * eta)),
        new("DDPM's beta in place of the posterior's variance", (from, to, output, eta) =>
            WithVariance(from, to, output, eta * eta * (1 - from / to))),
        new("the fraction in sigma upside down", (from, to, output, eta) =>
            WithVariance(from, to, output, eta * eta * Math.Min(1 - to, (1 - from) / (1 - to) * (1 - from / to)))),
        new("no noise", Step: (scheduler, output, timestep, sample, noise) =>
            SamplerSteps.Right(scheduler, output, timestep, sample, zeros_like(noise))),
        new("noise on the last step", Step: (scheduler, output, timestep, sample, noise) =>
        {
            Tensor right = SamplerSteps.Right(scheduler, output, timestep, sample, noise);
            return scheduler.NeedsNoise(timestep) ? right : right + noise * 0.01;
        }),
        new("the noise derived again from the clipped x_0", Step: (scheduler, output, timestep, sample, noise) =>
            SamplerSteps.Right(Other(scheduler), output, timestep, sample, noise)),
        new("the next sample clipped in place of x_0", Step: (scheduler, output, timestep, sample, noise) =>
        {
            var ddim = (DdimScheduler)scheduler;
            DdimCoefficients c = ddim.CoefficientsAt(timestep);
            Tensor original = output * c.Output.OutputToOriginal + sample * c.Output.SampleToOriginal;
            Tensor next = original * c.OriginalToNext + noise * c.Deviation
                + (output * c.Output.OutputToNoise + sample * c.Output.SampleToNoise) * c.NoiseToNext;
            double range = ddim.Config.ClipSampleRange;
            return ddim.Config.ClipSample ? next.clamp(-range, range) : next;
        }),
    ];

    private static DdimCoefficientRule Change(Func<double, double, DdimCoefficients, DdimCoefficients> change) =>
        (from, to, output, eta) => change(from, to, DdimCoefficients.At(from, to, output, eta));

    private static DdimCoefficientRule Reading(Func<double, PredictionCoefficients, PredictionCoefficients> change) =>
        (from, to, output, eta) => DdimCoefficients.At(from, to, change(from, output), eta);

    private static DdimCoefficients WithVariance(
        double from, double to, PredictionCoefficients output, double variance) =>
        DdimCoefficients.At(from, to, output, 0) with
        {
            NoiseToNext = Math.Sqrt(Math.Max(0, 1 - to - variance)),
            Deviation = Math.Sqrt(variance),
        };

    private static DdimScheduler Other(ChainScheduler scheduler)
    {
        var ddim = (DdimScheduler)scheduler;
        DdimScheduler other = ddim.Fresh(ddim.Eta, !ddim.UseClippedModelOutput);
        other.SetTimesteps(ddim.NumInferenceSteps!.Value);
        return other;
    }
}
