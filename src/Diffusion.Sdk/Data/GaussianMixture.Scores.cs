namespace Diffusion.Sdk.Data;

// What a denoiser would have to learn, in closed form.
public sealed partial class GaussianMixture
{
    /// <summary>The scores (gradients of the log density) at points.</summary>
    /// <param name="points">[N, D].</param>
    /// <param name="scores">Receives [N, D]; may be the same memory.</param>
    /// <exception cref="ArgumentException">The lengths differ or are no multiple of D.</exception>
    public void Score(ReadOnlySpan<float> points, Span<float> scores)
    {
        var sum = new double[Dimensions];
        ForEachPoint(points, scores, (responsibilities, solved) =>
        {
            Array.Clear(sum);
            for (int k = 0; k < _components.Length; k++)
            {
                for (int d = 0; d < Dimensions; d++)
                {
                    sum[d] -= responsibilities[k] * solved[k * Dimensions + d];
                }
            }
            return sum;
        });
    }

    /// <summary>
    /// The means of x_0 given x_t, where x_0 comes from this mixture: what a perfect denoiser predicts. Defined for
    /// every amount of noise: component k contributes mu + sqrt(alpha_bar) S C^-1 (x_t - sqrt(alpha_bar) mu) with
    /// C = alpha_bar S + (1 - alpha_bar) I.
    /// </summary>
    /// <param name="noisyPoints">x_t, [N, D].</param>
    /// <param name="alphaBar">In [0, 1].</param>
    /// <param name="means">Receives [N, D]; may be the same memory.</param>
    /// <exception cref="ArgumentException">The lengths differ or are no multiple of D.</exception>
    public void PosteriorMean(ReadOnlySpan<float> noisyPoints, double alphaBar, Span<float> means)
    {
        var sum = new double[Dimensions];
        Noised(alphaBar).ForEachPoint(noisyPoints, means, (responsibilities, solved) =>
        {
            Array.Clear(sum);
            for (int k = 0; k < _components.Length; k++)
            {
                for (int d = 0; d < Dimensions; d++)
                {
                    sum[d] += responsibilities[k] * _components[k].Mean[d];
                }
                _components[k].AddCovarianceTimes(
                    solved.AsSpan(k * Dimensions, Dimensions), responsibilities[k] * Math.Sqrt(alphaBar), sum);
            }
            return sum;
        });
    }

    /// <summary>
    /// The means of the noise given x_t: what a perfect denoiser of the epsilon kind predicts,
    /// -sqrt(1 - alpha_bar) times the score of the noised mixture.
    /// </summary>
    /// <param name="noisyPoints">x_t, [N, D].</param>
    /// <param name="alphaBar">In [0, 1].</param>
    /// <param name="noise">Receives [N, D]; may be the same memory.</param>
    /// <exception cref="ArgumentException">The lengths differ or are no multiple of D.</exception>
    /// <remarks>Source: Song et al. 2021 (arXiv:2011.13456), section 3.</remarks>
    public void PosteriorNoise(ReadOnlySpan<float> noisyPoints, double alphaBar, Span<float> noise)
    {
        Noised(alphaBar).Score(noisyPoints, noise);
        float scale = (float)-Math.Sqrt(1 - alphaBar);
        for (int i = 0; i < noise.Length; i++)
        {
            noise[i] *= scale;
        }
    }

    // Calls back with the responsibilities [K] and C_k^-1 (x - mu_k) [K, D] of each point; the answer [D] is stored.
    private void ForEachPoint(
        ReadOnlySpan<float> points, Span<float> results, Func<double[], double[], double[]> answer)
    {
        if (points.Length % Dimensions != 0 || points.Length != results.Length)
        {
            throw new ArgumentException(
                $"{points.Length} numbers in and {results.Length} out; expected equally many, "
                + $"points of {Dimensions} dimensions.",
                nameof(points));
        }
        var point = new double[Dimensions];
        var responsibilities = new double[_components.Length];
        var solved = new double[_components.Length * Dimensions];
        for (int start = 0; start < points.Length; start += Dimensions)
        {
            for (int d = 0; d < Dimensions; d++)
            {
                point[d] = points[start + d];
            }
            Responsibilities(point, responsibilities, solved);
            for (int k = 0; k < _components.Length; k++)
            {
                _components[k].Cholesky.SolveTransposed(solved.AsSpan(k * Dimensions, Dimensions));
            }
            double[] result = answer(responsibilities, solved);
            for (int d = 0; d < Dimensions; d++)
            {
                results[start + d] = (float)result[d];
            }
        }
    }
}
