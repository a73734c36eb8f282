namespace Diffusion.Sdk.Schedulers;

/// <summary>
/// What a noise schedule comes down to, float32 [T] each, built once per scheduler: beta_t and
/// alpha_bar_t = prod (1 - beta). Ho et al. 2020 (arXiv:2006.11239), eq. 2 and 4.
/// </summary>
internal sealed class NoiseTables
{
    private NoiseTables(float[] betas, float[] alphasCumprod) => (Betas, AlphasCumprod) = (betas, alphasCumprod);

    public float[] Betas { get; }

    public float[] AlphasCumprod { get; }

    /// <exception cref="ArgumentException">In float32 some alpha_bar is 1, or is 0 before the last timestep: no step could be computed there.</exception>
    public static NoiseTables Create(SchedulerConfig config)
    {
        float[] betas = BetaTables.Create(config);
        float[] alphasCumprod = BetaTables.CumulativeProduct(Array.ConvertAll(betas, beta => 1f - beta));
        for (int t = 0; t < alphasCumprod.Length; t++)
        {
            bool zeroAllowed = t == alphasCumprod.Length - 1;
            if (!(alphasCumprod[t] < 1f && (alphasCumprod[t] > 0f || (zeroAllowed && alphasCumprod[t] == 0f))))
            {
                throw new ArgumentException(
                    $"The betas make alphas_cumprod[{t}] = {alphasCumprod[t]} in float32; expected a number in (0, 1). " +
                    $"The first betas are too small, or there are too many large ones (first {betas[0]}, last {betas[^1]}, T = {betas.Length}).",
                    nameof(config));
            }
        }
        return new NoiseTables(betas, alphasCumprod);
    }
}
