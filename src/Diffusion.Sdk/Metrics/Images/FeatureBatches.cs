using Diffusion.Sdk.Data;
using Diffusion.Sdk.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Metrics;

/// <summary>Takes images through a network, batch by batch. Shapes: N images, B of a batch, F features.</summary>
internal static class FeatureBatches
{
    /// <summary>The rows [N, F] that a network makes of images, as managed memory.</summary>
    /// <param name="images">Images [C, H, W].</param>
    /// <param name="batchSize">B.</param>
    /// <param name="network">float32 [B, C, H, W] to float32 [B, F].</param>
    /// <param name="progress">Is told how many images are done.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>Row-major [N, F].</returns>
    public static float[] Run(
        TrainingData images, int batchSize, Func<Tensor, Tensor> network, IProgress<int>? progress,
        CancellationToken cancellationToken) => TorchWorker.Shared.Run(
        () =>
        {
            using IDisposable withoutGradients = no_grad();
            var rows = new List<float>();
            for (int first = 0; first < images.Count; first += batchSize)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                long[] places = [.. Enumerable.Range(first, Math.Min(batchSize, images.Count - first))];
                Tensor features = network(AsPicture(images.GetBatch(places)));
                rows.AddRange(features.contiguous().data<float>().ToArray());
                progress?.Report(first + places.Length);
            }
            return rows.ToArray();
        },
        cancellationToken);

    /// <exception cref="ArgumentException">The samples are not images.</exception>
    public static void RequireImages(TrainingData images)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.SampleShape is not [1 or 3, _, _])
        {
            throw new ArgumentException(
                $"The samples have shape [{string.Join(", ", images.SampleShape)}]; " +
                "expected images [1, H, W] or [3, H, W].",
                nameof(images));
        }
    }

    // What a picture of 8 bits would hold.
    private static Tensor AsPicture(Tensor images) =>
        images.clamp_(-1, 1).add_(1).mul_(127.5).round_().div_(127.5).sub_(1);
}
