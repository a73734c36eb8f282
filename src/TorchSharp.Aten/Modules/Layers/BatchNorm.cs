using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Normalizes each channel over the batch (Ioffe and Szegedy 2015, arXiv:1502.03167).</summary>
public abstract class BatchNorm : NormBase
{
    /// <summary>Makes a batch normalization; see <see cref="NormBase"/>.</summary>
    public BatchNorm(
        long num_features, double eps, double momentum, bool affine, bool track_running_stats,
        Device? device, ScalarType? dtype, string name)
        : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, name)
    {
    }

    /// <summary>
    /// Maps [N, C, ...] to the same shape, by the batch's statistics in training and the running ones after it.
    /// </summary>
    public override Tensor forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        ValidateInputDimensions(input);
        bool update = training && track_running_stats;
        if (update)
        {
            using IDisposable guard = no_grad();
            num_batches_tracked!.add_(1);
        }
        double weightOfNewest = momentum ?? (update ? 1.0 / num_batches_tracked!.item<long>() : 0);
        return nn.functional.batch_norm(
            input, running_mean!, running_var!, weight, bias, training || running_mean is null, weightOfNewest, eps);
    }
}
