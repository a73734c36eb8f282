using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// Forward and backward through a denoiser for one batch size, as a training needs them again and again. The parameters
/// must have gradients already, and keep those and their own memory until this is disposed. Belongs to one thread.
/// </summary>
internal abstract class TrainingPass : IDisposable
{
    /// <summary>The denoiser's output. What is given stays in place until <see cref="Backward"/>.</summary>
    /// <param name="sample">x_t, float32 [N, ...].</param>
    /// <param name="timesteps">int64 [N].</param>
    /// <param name="condition">What the samples are conditioned on, [N, ...]; null for nothing.</param>
    /// <returns>[N, ...]; the pass owns it, until the next call.</returns>
    public abstract Tensor Forward(Tensor sample, Tensor timesteps, Tensor? condition);

    /// <summary>
    /// Puts the gradients of the last <see cref="Forward"/> in the place of those that the parameters have.
    /// </summary>
    /// <param name="gradient">The gradient of the loss by the output, [N, ...].</param>
    public abstract void Backward(Tensor gradient);

    /// <summary>Frees the pass's own tensors.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the pass's own tensors.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> was called.</param>
    protected abstract void Dispose(bool disposing);
}
