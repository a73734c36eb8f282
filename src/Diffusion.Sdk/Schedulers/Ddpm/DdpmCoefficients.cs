namespace Diffusion.Sdk.Schedulers;

/// <summary>How <see cref="DdpmCoefficients"/> follow from the table of alpha_bar and the two timesteps of a
/// transition.</summary>
/// <param name="alphasCumprod">alpha_bar, float32 [T].</param>
/// <param name="timestep">The timestep t of the sample.</param>
/// <param name="previous">The timestep s that the step leads to; negative for the clean sample.</param>
/// <param name="prediction">What the denoiser's output stands for.</param>
internal delegate DdpmCoefficients DdpmCoefficientRule(
    ReadOnlySpan<float> alphasCumprod, long timestep, long previous, PredictionType prediction);

/// <summary>
/// The numbers of one DDPM transition from x_t to x_s, s before t, in double:
/// x_0 = SampleToOriginal x_t + OutputToOriginal output, mean = OriginalToMean x_0 + SampleToMean x_t.
/// </summary>
/// <param name="SampleToOriginal">Factor of x_t in the predicted x_0.</param>
/// <param name="OutputToOriginal">Factor of the denoiser's output in the predicted x_0.</param>
/// <param name="OriginalToMean">Factor of x_0 in the posterior's mean.</param>
/// <param name="SampleToMean">Factor of x_t in the posterior's mean.</param>
/// <param name="SmallVariance">beta~, the posterior's variance, at least 1e-20.</param>
/// <param name="LargeVariance">beta, the forward transition's variance.</param>
internal readonly record struct DdpmCoefficients(
    double SampleToOriginal,
    double OutputToOriginal,
    double OriginalToMean,
    double SampleToMean,
    double SmallVariance,
    double LargeVariance)
{
    /// <summary>diffusers' floor of the posterior's variance, so that it has a logarithm.</summary>
    private const double LeastVariance = 1e-20;

    /// <summary>The coefficients of the papers; alpha_bar counts as 1 before the first timestep.</summary>
    public static DdpmCoefficients At(
        ReadOnlySpan<float> alphasCumprod, long timestep, long previous, PredictionType prediction)
    {
        double alphaBar = alphasCumprod[(int)timestep];
        double alphaBarPrevious = previous >= 0 ? alphasCumprod[(int)previous] : 1;
        double alpha = alphaBar / alphaBarPrevious;    // of the whole transition, which may leap over timesteps
        double beta = 1 - alpha;
        PredictionCoefficients read = PredictionCoefficients.At(alphaBar, prediction);
        return new DdpmCoefficients(
            read.SampleToOriginal,
            read.OutputToOriginal,
            OriginalToMean: Math.Sqrt(alphaBarPrevious) * beta / (1 - alphaBar),         // Ho et al. 2020, eq. 7
            SampleToMean: Math.Sqrt(alpha) * (1 - alphaBarPrevious) / (1 - alphaBar),    // Ho et al. 2020, eq. 7
            SmallVariance: Math.Max((1 - alphaBarPrevious) / (1 - alphaBar) * beta, LeastVariance),   // the same
            LargeVariance: beta);                                                        // Ho et al. 2020, section 3.2
    }

    /// <summary>sigma_t of a fixed variance type.</summary>
    public double Deviation(VarianceType type) => type switch
    {
        VarianceType.FixedSmall or VarianceType.FixedSmallLog => Math.Sqrt(SmallVariance),
        VarianceType.FixedLarge or VarianceType.FixedLargeLog => Math.Sqrt(LargeVariance),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "The variance is learned, not fixed."),
    };
}
