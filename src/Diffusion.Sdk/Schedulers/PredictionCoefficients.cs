namespace Diffusion.Sdk.Schedulers;

/// <summary>
/// How a denoiser's output at a noise level gives the clean sample and the noise, in double:
/// x_0 = SampleToOriginal x_t + OutputToOriginal output, epsilon = SampleToNoise x_t + OutputToNoise output.
/// </summary>
/// <param name="SampleToOriginal">Factor of x_t in the predicted x_0.</param>
/// <param name="OutputToOriginal">Factor of the output in the predicted x_0.</param>
/// <param name="SampleToNoise">Factor of x_t in the predicted noise.</param>
/// <param name="OutputToNoise">Factor of the output in the predicted noise.</param>
internal readonly record struct PredictionCoefficients(
    double SampleToOriginal, double OutputToOriginal, double SampleToNoise, double OutputToNoise)
{
    /// <summary>The coefficients at alpha_bar; both predictions satisfy Ho et al. 2020, eq. 4.</summary>
    public static PredictionCoefficients At(double alphaBar, PredictionType prediction)
    {
        double signal = Math.Sqrt(alphaBar), spread = Math.Sqrt(1 - alphaBar);
        return prediction switch
        {
            PredictionType.Epsilon => new(1 / signal, -spread / signal, 0, 1),        // Ho et al. 2020, eq. 15
            PredictionType.Sample => new(0, 1, 1 / spread, -signal / spread),
            PredictionType.VPrediction => new(signal, -spread, spread, signal),       // Salimans and Ho 2022, app. D
            _ => throw new ArgumentOutOfRangeException(nameof(prediction), prediction, "Unknown prediction type."),
        };
    }
}
