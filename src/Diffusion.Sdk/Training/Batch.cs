using static TorchSharp.torch;

namespace Diffusion.Sdk.Training;

/// <summary>What one training step works on. Shapes: N batch; the rest as in a sample.</summary>
/// <param name="Clean">x_0, float32 [N, ...]; belongs to the scope it was made in.</param>
/// <param name="Noise">Standard normal, float32 [N, ...]; overwritten by the next batch.</param>
/// <param name="TimestepTensor">int64 [N]; overwritten by the next batch.</param>
/// <param name="Timesteps">The same in managed memory.</param>
/// <param name="Labels">
/// The class of each sample, int64 [N], of the same scope; null where the denoiser takes no classes.
/// </param>
internal readonly record struct Batch(
    Tensor Clean, Tensor Noise, Tensor TimestepTensor, long[] Timesteps, Tensor? Labels);
