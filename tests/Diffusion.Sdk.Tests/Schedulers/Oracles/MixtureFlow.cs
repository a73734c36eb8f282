using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Schedulers.Oracles;

/// <summary>
/// Ways between noise and the tutorial's mixture with its exact score: by a scheduler without noise, and by the
/// probability flow itself, integrated with a method of fourth order that shares nothing with the SDK.
/// </summary>
public static class MixtureFlow
{
    /// <summary>Standard normal points in double, [count, 2].</summary>
    public static Tensor Start(int count) =>
        new PhiloxStreams(5).Normal(RandomPurpose.InitialNoise, 0, [count, 2], 0).to_type(ScalarType.Float64);

    /// <summary>All steps of a scheduler, down or up.</summary>
    public static Tensor Run(ChainScheduler scheduler, Tensor start)
    {
        using var all = NewDisposeScope();
        Tensor sample = start.clone();
        foreach (long timestep in scheduler.Timesteps)
        {
            using var scope = NewDisposeScope();
            Tensor output = MixtureOracle.Noise(sample, scheduler.AlphasCumprod[(int)timestep]);
            scheduler.StepInPlace(output, timestep, sample);
        }
        return sample.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Solves dy / dsigma = epsilon(y) for y = x / sqrt(alpha_bar) and sigma = sqrt((1 - alpha_bar) / alpha_bar), down
    /// to sigma = 0: Song et al. 2021 (arXiv:2010.02502), eq. 14. Runge and Kutta's method in u with sigma = sinh(u).
    /// </summary>
    public static Tensor ToData(Tensor start, double alphaBar, int steps = 400)
    {
        using var all = NewDisposeScope();
        double width = Math.Asinh(Math.Sqrt((1 - alphaBar) / alphaBar)) / steps;
        Tensor y = (start / Math.Sqrt(alphaBar)).clone();
        for (int i = steps; i > 0; i--)
        {
            using var scope = NewDisposeScope();
            double u = i * width;
            Tensor k1 = Slope(y, u), k2 = Slope(y - k1 * (width / 2), u - width / 2);
            Tensor k3 = Slope(y - k2 * (width / 2), u - width / 2), k4 = Slope(y - k3 * width, u - width);
            y.sub_((k1 + k2 * 2 + k3 * 2 + k4) * (width / 6));
        }
        return y.MoveToOuterDisposeScope();
    }

    // dy / du. At sigma = 0 epsilon is 0.
    private static Tensor Slope(Tensor y, double u)
    {
        double sigma = Math.Sinh(u), alphaBar = 1 / (1 + sigma * sigma);
        return MixtureOracle.Noise(y * Math.Sqrt(alphaBar), alphaBar) * Math.Cosh(u);
    }
}
