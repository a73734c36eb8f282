using Diffusion.Sdk.Schedulers;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Training;

/// <summary>
/// What a learned variance is trained by: lambda times the variational bound, of which each sample of a batch gives
/// the term of its timestep. The prediction gets no gradient from it. Nichol and Dhariwal 2021 (arXiv:2102.09672),
/// eq. 15 and 16. The term of timestep 0 is the density of a Gaussian (there one of pixels, which are discrete) whose
/// smallest variance is that of timestep 1, as in the authors' code. Shapes: N batch, T training timesteps.
/// </summary>
internal sealed class VarianceBound
{
    /// <summary>lambda of the whole bound, in nats for each value.</summary>
    private const double Lambda = 0.001;

    // By timestep, [T]: the half range and the middle of log sigma^2, the factors of x_0, and the posterior's variance.
    private readonly float[] _halfRange, _middle, _sampleToOriginal, _outputToOriginal, _originalToMean, _posterior;
    private readonly float[] _constant;

    /// <param name="scheduler">A scheduler that reads <see cref="VarianceType.LearnedRange"/>.</param>
    public VarianceBound(DdpmScheduler scheduler)
    {
        var all = (DdpmScheduler)scheduler.Fresh(); // before SetTimesteps every timestep leads to the one before
        DdpmCoefficients[] at =
            [.. Enumerable.Range(0, scheduler.NumTrainTimesteps).Select(timestep => all.CoefficientsAt(timestep))];
        double[] small = [.. at.Select(c => Math.Log(c.SmallVariance))];
        double[] large = [.. at.Select(c => Math.Log(c.LargeVariance))];
        small[0] = at.Length > 1 ? small[1] : large[0]; // there is no spread left to learn at the last step
        _halfRange = Table(t => (large[t] - small[t]) / 2);
        _middle = Table(t => (large[t] + small[t]) / 2);
        _sampleToOriginal = Table(t => at[t].SampleToOriginal);
        _outputToOriginal = Table(t => at[t].OutputToOriginal);
        _originalToMean = Table(t => at[t].OriginalToMean);
        _posterior = Table(t => t == 0 ? 0 : Math.Exp(small[t]));
        _constant = Table(t => t == 0 ? Math.Log(2 * Math.PI) : -1 - small[t]);

        float[] Table(Func<int, double> entry) => [.. Enumerable.Range(0, at.Length).Select(t => (float)entry(t))];
    }

    /// <summary>
    /// lambda T times the mean over all values of KL(q(x_t-1 | x_t, x_0), p(x_t-1 | x_t)), or of -log p(x_0 | x_1).
    /// </summary>
    /// <param name="prediction">The first half of the output, [N, ...].</param>
    /// <param name="variance">The second half, in about [-1, 1], [N, ...].</param>
    /// <param name="noisy">x_t, [N, ...].</param>
    /// <param name="clean">x_0, [N, ...].</param>
    /// <param name="timesteps">[N].</param>
    /// <returns>A scalar, and its gradient by <paramref name="variance"/>; of the current scope.</returns>
    public (Tensor Loss, Tensor Gradient) Of(
        Tensor prediction, Tensor variance, Tensor noisy, Tensor clean, long[] timesteps)
    {
        Tensor original = noisy.mul(Of(_sampleToOriginal)).add_(prediction.mul(Of(_outputToOriginal)));
        Tensor error = clean.sub(original).mul_(Of(_originalToMean)); // of the mean
        Tensor halfRange = Of(_halfRange);
        Tensor logVariance = variance.mul(halfRange).add_(Of(_middle));
        Tensor spread = error.square().add_(Of(_posterior)); // of x_t-1 around the predicted mean
        Tensor ratio = spread.mul_(logVariance.neg().exp_());
        double factor = Lambda * _middle.Length / 2;
        Tensor loss = logVariance.add_(ratio).add_(Of(_constant)).mean().mul_((Scalar)factor);
        Tensor gradient = ratio.neg_().add_((Scalar)1).mul_(halfRange).mul_((Scalar)(factor / ratio.NumberOfElements));
        return (loss, gradient);

        Tensor Of(float[] table) => Objective.Column(table, timesteps, noisy);
    }
}
