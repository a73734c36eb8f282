using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Schedulers.Oracles;

/// <summary>
/// Data N(Mean, Spread^2) in one dimension, for which everything is known: the noised data are normal, and the best
/// denoiser is a straight line in x_t.
/// </summary>
/// <param name="Mean">The data's mean.</param>
/// <param name="Spread">The data's standard deviation.</param>
public sealed record GaussianOracle(double Mean, double Spread)
{
    /// <summary>Mean of x_t.</summary>
    public double MeanAt(double alphaBar) => Math.Sqrt(alphaBar) * Mean;

    /// <summary>Variance of x_t.</summary>
    public double VarianceAt(double alphaBar) => alphaBar * Spread * Spread + 1 - alphaBar;

    /// <summary>The best possible output for x_t, of whatever the prediction type asks for.</summary>
    public Tensor Output(Tensor sample, double alphaBar, PredictionType prediction)
    {
        double signal = Math.Sqrt(alphaBar), spread = Math.Sqrt(1 - alphaBar);
        double slope = signal * Spread * Spread / VarianceAt(alphaBar);   // Cov(x_0, x_t) / Var(x_t)
        Tensor original = (sample - MeanAt(alphaBar)) * slope + Mean;     // E[x_0 | x_t]
        Tensor noise = (sample - original * signal) / spread;
        return prediction switch
        {
            PredictionType.Sample => original,
            PredictionType.Epsilon => noise,
            _ => noise * signal - original * spread,
        };
    }
}
