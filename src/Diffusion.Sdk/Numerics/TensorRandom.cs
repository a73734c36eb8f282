using static TorchSharp.torch;

namespace Diffusion.Sdk.Numerics;

/// <summary>Random streams as tensors.</summary>
public static class TensorRandom
{
    /// <summary>Standard normal numbers, one row per item.</summary>
    /// <param name="streams">Where they come from.</param>
    /// <param name="purpose">What they are for.</param>
    /// <param name="firstItem">The item of row 0.</param>
    /// <param name="shape">[N, ...]: N items of the other sizes.</param>
    /// <param name="step">The step (of sampling, of training).</param>
    /// <param name="device">Where the tensor shall be.</param>
    /// <value>Null for <paramref name="device"/> means main memory.</value>
    /// <returns>float32 of <paramref name="shape"/>; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The shape is empty or has a size below 1.</exception>
    public static Tensor Normal(
        this RandomStreams streams,
        RandomPurpose purpose,
        long firstItem,
        long[] shape,
        long step,
        Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(streams);
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.Length == 0 || Array.Exists(shape, size => size < 1))
        {
            throw new ArgumentException(
                $"shape [{string.Join(", ", shape)}] must have sizes of at least 1.", nameof(shape));
        }
        Tensor values = empty(shape, dtype: ScalarType.Float32, device: CPU);
        try
        {
            streams.FillNormal(purpose, firstItem, step, values);
            return Move(values, device);
        }
        catch
        {
            values.Dispose();
            throw;
        }
    }

    /// <summary>Overwrites a tensor in main memory with standard normal numbers, without making another.</summary>
    /// <param name="streams">Where they come from.</param>
    /// <param name="purpose">What they are for.</param>
    /// <param name="firstItem">The item of row 0.</param>
    /// <param name="step">The step (of sampling, of training).</param>
    /// <param name="destination">float32 [N, ...], contiguous, in main memory.</param>
    /// <exception cref="ArgumentException">The tensor has no rows or is not float32.</exception>
    public static void FillNormal(
        this RandomStreams streams, RandomPurpose purpose, long firstItem, long step, Tensor destination)
    {
        ArgumentNullException.ThrowIfNull(streams);
        ArgumentNullException.ThrowIfNull(destination);
        if (destination.dtype != ScalarType.Float32 || destination.dim() == 0 || destination.shape[0] == 0)
        {
            throw new ArgumentException(
                "destination must be float32 [N, ...] with N at least 1, but is "
                + $"{destination.dtype} [{string.Join(", ", destination.shape)}].",
                nameof(destination));
        }
        Span<float> values = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(destination.bytes);
        streams.Normal(purpose, firstItem, checked((int)destination.shape[0]), step, values);
    }

    /// <summary>Whole numbers in [0, upperExclusive), one per item.</summary>
    /// <param name="streams">Where they come from.</param>
    /// <param name="purpose">What they are for.</param>
    /// <param name="firstItem">The first item.</param>
    /// <param name="items">How many items; at least 1.</param>
    /// <param name="step">The step (of sampling, of training).</param>
    /// <param name="upperExclusive">One more than the largest number.</param>
    /// <param name="device">Where the tensor shall be.</param>
    /// <value>Null for <paramref name="device"/> means main memory.</value>
    /// <returns>int64 [items]; the caller disposes it.</returns>
    public static Tensor Integers(
        this RandomStreams streams,
        RandomPurpose purpose,
        long firstItem,
        int items,
        long step,
        long upperExclusive,
        Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(streams);
        ArgumentOutOfRangeException.ThrowIfLessThan(items, 1);
        var numbers = new long[items];
        streams.Integers(purpose, firstItem, items, step, upperExclusive, numbers);
        return Move(tensor(numbers), device);
    }

    private static Tensor Move(Tensor local, Device? device)
    {
        if (device is null || device.type == TorchSharp.DeviceType.CPU)
        {
            return local;
        }
        using (local)
        {
            return local.to(device);
        }
    }
}
