using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// One sampling run of a <see cref="Denoiser"/>; see <see cref="Denoiser.BeginSampling(IReadOnlyList{long})"/>. Belongs
/// to one thread.
/// </summary>
public abstract class DenoiserRun : IDisposable
{
    /// <summary>The denoiser's output at one step, without gradients.</summary>
    /// <param name="stepIndex">Which of the run's timesteps, an index from 0.</param>
    /// <param name="sample">x_t, float32 [N, ...]; N may change between calls.</param>
    /// <param name="condition">
    /// What the samples are conditioned on, [N, ...], class labels for one; null for nothing.
    /// </param>
    /// <returns>
    /// The output, [N, ...]. The run owns it: it holds until the next call, the caller may overwrite it and does not
    /// dispose it.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="stepIndex"/> is not in the run.</exception>
    /// <exception cref="ArgumentException">A shape or type does not fit.</exception>
    public abstract Tensor Predict(int stepIndex, Tensor sample, Tensor? condition = null);

    /// <summary>Whether <see cref="Predict"/> may leave tensors in the current scope.</summary>
    internal virtual bool MakesTensors => true;

    /// <summary>Frees the run's tensors.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the run's tensors.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> was called.</param>
    protected abstract void Dispose(bool disposing);
}
