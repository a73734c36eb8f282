using static TorchSharp.torch;

namespace Diffusion.Sdk.Training;

/// <summary>What one training step works on. Shapes: N batch; the rest as in a sample.</summary>
/// <param name="Clean">x_0, float32 [N, ...]; belongs to the scope it was made in.</param>
/// <param name="Noise">Standard normal, float32 [N, ...]; overwritten by the next batch.</param>
/// <param name="TimestepTensor">int64 [N]; overwritten by the next batch.</param>
/// <param name="Timesteps">The same in managed memory.</param>
/// <param name="Condition">
/// The class of each sample, int64 [N], or the numbers that it is conditioned on, float32 [N, C], of the same scope;
/// null where the denoiser takes neither.
/// </param>
internal readonly record struct Batch(
    Tensor Clean, Tensor Noise, Tensor TimestepTensor, long[] Timesteps, Tensor? Condition);
