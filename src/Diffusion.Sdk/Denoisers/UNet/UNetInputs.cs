using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>What a <see cref="UNet2DModel"/> asks of its inputs.</summary>
internal static class UNetInputs
{
    /// <exception cref="ArgumentException">
    /// A shape or type does not fit, labels are missing, or there are some although none are taken.
    /// </exception>
    public static void Check(UNet2DConfig config, Tensor sample, Tensor timesteps, Tensor? labels)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(timesteps);
        int factor = 1 << (config.BlockOutChannels.Count - 1);
        Require(
            sample.shape is [_, var channels, var height, var width] && channels == config.InChannels
                && height >= factor && height % factor == 0 && width >= factor && width % factor == 0,
            "sample", sample, $"[N, {config.InChannels}, H, W] with H and W divisible by {factor}");
        long count = sample.size(0);
        bool fits = timesteps.shape is [] or [1] || (timesteps.shape is [var given] && given == count);
        bool learned = config.TimeEmbeddingType == TimeEmbeddingType.Learned;
        Require(
            fits && (timesteps.dtype == ScalarType.Int64 || (!learned && timesteps.is_floating_point())),
            "timesteps", timesteps, $"Int64 [{count}]{(learned ? "" : " or floating")}");
        CheckLabels(config, labels, count);
    }

    private static void CheckLabels(UNet2DConfig config, Tensor? labels, long count)
    {
        string? expected = (config.ClassEmbedType, config.NumClassEmbeds) switch
        {
            (ClassEmbedType.Identity, _) => $"Float32 [{count}, {config.TimeEmbedDim}]",
            (ClassEmbedType.Timestep, _) => $"[{count}]",
            (null, not null) => $"Int64 [{count}]",
            _ => null,
        };
        if (expected is null != labels is null)
        {
            throw new ArgumentException(
                expected is null
                    ? "The network takes no class labels (its config has no ClassEmbedType and no NumClassEmbeds); " +
                        "expected the condition null."
                    : $"The network needs class labels, {expected}, as its condition; got null.",
                nameof(labels));
        }
        if (labels is not null)
        {
            bool fits = config.ClassEmbedType == ClassEmbedType.Identity
                ? labels.is_floating_point() && labels.shape is [var rows, var width]
                    && rows == count && width == config.TimeEmbedDim
                : labels.shape is [var given] && given == count
                    && (config.ClassEmbedType is not null || labels.dtype == ScalarType.Int64);
            Require(fits, "class labels", labels, expected!);
        }
    }

    private static void Require(bool holds, string name, Tensor tensor, string expected)
    {
        if (!holds)
        {
            throw new ArgumentException(
                $"The {name} {(name == "sample" ? "is" : "are")} {tensor.dtype} [{string.Join(", ", tensor.shape)}]; " +
                $"expected {expected}.");
        }
    }
}
