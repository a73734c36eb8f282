using System.Numerics;
using Diffusion.Sdk.Denoisers;

namespace Diffusion.Sdk.Pipelines;

/// <summary>
/// What a pipeline generated: plain managed memory, nothing to dispose.
/// Shape [N, D] for points, [N, C, H, W] for images (N samples, D dimensions, C channels, H height, W width).
/// </summary>
public sealed class Samples
{
    private readonly float[] _values;
    private readonly int[] _shape;

    /// <summary>Wraps generated values; the arrays are taken over, not copied.</summary>
    /// <param name="values">All samples, row-major, float32.</param>
    /// <param name="shape">[N, D] or [N, C, H, W].</param>
    /// <param name="seed">The seed that makes these samples again.</param>
    /// <exception cref="ArgumentException">The shape does not hold exactly <paramref name="values"/>, or has fewer than
    /// two dimensions or a negative one.</exception>
    public Samples(float[] values, int[] shape, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(shape);
        long expected = shape.Aggregate(1L, (product, size) => product * size);
        if (shape.Length < 2 || shape.Any(size => size < 0) || expected != values.Length)
        {
            throw new ArgumentException(
                $"shape [{string.Join(", ", shape)}] needs {expected} values in at least two dimensions, " +
                $"but {values.Length} were given.",
                nameof(shape));
        }
        _values = values;
        _shape = shape;
        Seed = seed;
    }

    /// <summary>The same values once more; they are shared.</summary>
    internal Samples(Samples other) =>
        (_values, _shape, Seed, Precision) = (other._values, other._shape, other.Seed, other.Precision);

    /// <summary>[N, D] or [N, C, H, W].</summary>
    public IReadOnlyList<int> Shape => _shape;

    /// <summary>How many samples there are (N).</summary>
    public int Count => _shape[0];

    /// <summary>All values, row-major, in the units of the training data.</summary>
    public ReadOnlyMemory<float> Values => _values;

    /// <summary>The seed that makes these samples again.</summary>
    public long Seed { get; }

    /// <summary>In which numbers the denoiser computed them; for <see cref="Precision.Auto"/>, what it chose.</summary>
    /// <value><see cref="Precision.Full"/>.</value>
    public Precision Precision { get; internal init; } = Precision.Full;

    /// <summary>
    /// The samples on their way, the start first and the result last, each of this shape; see
    /// <see cref="GenerateOptions.TrajectoryEvery"/>.
    /// </summary>
    /// <value>Empty.</value>
    public IReadOnlyList<Samples> Trajectory { get; internal init; } = [];

    /// <summary>The values of one sample: D numbers, or C * H * W.</summary>
    public ReadOnlySpan<float> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            int size = _values.Length / Count;
            return _values.AsSpan(index * size, size);
        }
    }

    /// <summary>The samples as points of the plane.</summary>
    /// <exception cref="InvalidOperationException">The shape is not [N, 2].</exception>
    public Vector2[] ToPoints()
    {
        if (_shape is not [_, 2])
        {
            throw new InvalidOperationException(
                $"Points need samples of shape [N, 2], but the shape is [{string.Join(", ", _shape)}].");
        }
        return [.. Enumerable.Range(0, Count).Select(i => new Vector2(_values[2 * i], _values[2 * i + 1]))];
    }

    /// <summary>The samples as 8-bit pictures: -1 becomes 0, +1 becomes 255, values outside are clipped.</summary>
    /// <exception cref="InvalidOperationException">The shape is not [N, 1, H, W] or [N, 3, H, W].</exception>
    public PixelImage[] ToImages()
    {
        if (_shape is not [_, 1 or 3, _, _])
        {
            throw new InvalidOperationException(
                $"Images need samples of shape [N, 1, H, W] or [N, 3, H, W], " +
                $"but the shape is [{string.Join(", ", _shape)}].");
        }
        var images = new PixelImage[Count];
        for (int n = 0; n < Count; n++)
        {
            images[n] = PixelImage.FromPlanes(this[n], _shape[1], _shape[2], _shape[3]);
        }
        return images;
    }
}
