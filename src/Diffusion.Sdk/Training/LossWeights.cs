using Diffusion.Sdk.Schedulers;

namespace Diffusion.Sdk.Training;

/// <summary>Weights of the loss by timestep.</summary>
public static class LossWeights
{
    /// <summary>
    /// The min-SNR weight of Hang et al. 2023 (arXiv:2303.09556), section 3.4: min(SNR, gamma) for a loss on x_0, that
    /// over SNR for a loss on the noise, and over SNR + 1 for a loss on the velocity.
    /// </summary>
    /// <param name="signalToNoise">alpha_bar / (1 - alpha_bar), at least 0; see <see cref="Scheduler.SignalToNoise"/>.</param>
    /// <param name="gamma">Where the weight is cut off, above 0; the paper recommends 5.</param>
    /// <param name="predictionType">What the loss is on.</param>
    /// <returns>The weight; for the noise at SNR 0 its limit, 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range or not finite.</exception>
    public static double MinSnr(double signalToNoise, double gamma, PredictionType predictionType)
    {
        SchedulerConfigRules.Require(
            signalToNoise is >= 0 and < double.PositiveInfinity, nameof(signalToNoise), signalToNoise, "a finite number of at least 0");
        SchedulerConfigRules.Require(gamma is > 0 and < double.PositiveInfinity, nameof(gamma), gamma, "a finite number above 0");
        return predictionType switch
        {
            PredictionType.Epsilon => signalToNoise <= gamma ? 1 : gamma / signalToNoise,
            PredictionType.VPrediction => Math.Min(signalToNoise, gamma) / (signalToNoise + 1),
            PredictionType.Sample => Math.Min(signalToNoise, gamma),
            _ => throw new ArgumentOutOfRangeException(nameof(predictionType), predictionType, "Unknown prediction type."),
        };
    }
}
