namespace Diffusion.Sdk.Schedulers;

/// <summary>How <see cref="DdimCoefficients"/> follow from the two noise levels of a step.</summary>
/// <param name="from">alpha_bar of the step's sample.</param>
/// <param name="to">alpha_bar of what the step leads to.</param>
/// <param name="output">How the denoiser's output is read.</param>
/// <param name="eta">eta, in [0, 1].</param>
internal delegate DdimCoefficients DdimCoefficientRule(
    double from, double to, PredictionCoefficients output, double eta);

/// <summary>
/// The numbers of one DDIM step, in double: next = OriginalToNext x_0 + NoiseToNext epsilon + Deviation noise.
/// Song et al. 2021 (arXiv:2010.02502), eq. 12.
/// </summary>
/// <param name="Output">x_0 and epsilon from the sample and the denoiser's output.</param>
/// <param name="Implied">epsilon from the sample and an x_0 that was limited.</param>
/// <param name="OriginalToNext">Factor of x_0.</param>
/// <param name="NoiseToNext">Factor of epsilon, "direction pointing to x_t".</param>
/// <param name="Deviation">sigma, the standard deviation of the noise that is added.</param>
internal readonly record struct DdimCoefficients(
    PredictionCoefficients Output,
    PredictionCoefficients Implied,
    double OriginalToNext,
    double NoiseToNext,
    double Deviation)
{
    /// <summary>The coefficients of the paper.</summary>
    public static DdimCoefficients At(double from, double to, PredictionCoefficients output, double eta)
    {
        double variance = (1 - to) / (1 - from) * (1 - from / to);      // eq. 16 with eta = 1
        // eq. 12: sqrt(1 - to - sigma^2). Written so, nothing cancels where eta is 1 and alpha_bar is almost 0.
        double rest = (1 - to) * (1 - eta * eta + eta * eta * (from / to) * (1 - to) / (1 - from));
        return new DdimCoefficients(
            output,
            PredictionCoefficients.At(from, PredictionType.Sample),
            OriginalToNext: Math.Sqrt(to),
            NoiseToNext: Math.Sqrt(eta == 0 ? 1 - to : rest),
            Deviation: eta == 0 ? 0 : eta * Math.Sqrt(variance));
    }
}
