using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Data;

/// <summary>
/// What a model is trained on: N samples of one shape, float32, finite. Points have shape [D], images [C, H, W]
/// (D dimensions, C channels, H height, W width). Safe on any number of threads at once.
/// </summary>
public abstract class TrainingData
{
    private readonly int[] _sampleShape;
    private readonly Lazy<DataStatistics> _statistics;
    private readonly Lazy<ReadOnlyMemory<float>> _values;

    /// <summary>Takes the sizes that every kind of data has.</summary>
    /// <param name="count">How many samples there are, at least 1.</param>
    /// <param name="sampleShape">[D] or [C, H, W]; sizes of at least 1.</param>
    /// <param name="labels">The class of each sample, [N], each at least 0; empty for none. Copied.</param>
    /// <param name="numClasses">How many classes there are; null for one more than the largest label.</param>
    /// <exception cref="ArgumentException">
    /// There are no samples, a size is below 1, or the labels are not one of the classes for each sample.
    /// </exception>
    protected TrainingData(
        int count, IEnumerable<int> sampleShape, ReadOnlySpan<long> labels = default, int? numClasses = null)
    {
        _sampleShape = [.. sampleShape];
        if (_sampleShape.Length == 0 || Array.Exists(_sampleShape, size => size < 1))
        {
            throw new ArgumentException(
                $"A sample has shape [{string.Join(", ", _sampleShape)}]; expected sizes of at least 1.",
                nameof(sampleShape));
        }
        if (count < 1)
        {
            throw new ArgumentException("There are no samples; expected at least 1.", nameof(count));
        }
        Count = count;
        ValuesPerSample = checked(_sampleShape.Aggregate(1, (product, size) => checked(product * size)));
        NumClasses = ClassLabels.Count(labels, count, numClasses);
        Labels = labels.ToArray();
        _statistics = new(() => DataStatistics.Of(this));
        _values = new(CopyAll);
    }

    /// <summary>How many samples there are (N).</summary>
    public int Count { get; }

    /// <summary>The shape of one sample, [D] or [C, H, W].</summary>
    public IReadOnlyList<int> SampleShape => _sampleShape;

    /// <summary>How many numbers one sample has: D, or C * H * W.</summary>
    public int ValuesPerSample { get; }

    /// <summary>
    /// The class of each sample, [N], each in [0, <see cref="NumClasses"/>); empty where there are none.
    /// </summary>
    public ReadOnlyMemory<long> Labels { get; }

    /// <summary>How many classes there are; 0 where samples have no labels.</summary>
    public int NumClasses { get; }

    /// <summary>
    /// The numbers that samples are conditioned on, [N, <see cref="ConditionWidth"/>]; empty where there are none.
    /// </summary>
    public ReadOnlyMemory<float> Conditions { get; private init; }

    /// <summary>How many numbers each sample is conditioned on; 0 for none.</summary>
    public int ConditionWidth => Conditions.Length / Count;

    /// <summary>All samples, row-major [N, ...]. Data that are not in memory are read whole, once.</summary>
    public virtual ReadOnlyMemory<float> Values => _values.Value;

    /// <summary>Mean, deviation and range, computed once.</summary>
    public DataStatistics Statistics => _statistics.Value;

    /// <summary>Whether all numbers are finite without looking.</summary>
    internal virtual bool IsFinite => false;

    /// <summary>Points or images that are in memory, row-major.</summary>
    /// <param name="values">All samples, [N, ...]; copied.</param>
    /// <param name="sampleShape">[D] or [C, H, W].</param>
    /// <exception cref="ArgumentException">
    /// There are no values, they are not a whole number of samples, or one is not finite.
    /// </exception>
    public static TrainingData FromValues(ReadOnlySpan<float> values, params int[] sampleShape) =>
        new ArrayData(values.ToArray(), sampleShape);

    /// <summary>Points or images of several classes that are in memory, row-major.</summary>
    /// <param name="values">All samples, [N, ...]; copied.</param>
    /// <param name="labels">The class of each sample, [N], each at least 0; copied.</param>
    /// <param name="sampleShape">[D] or [C, H, W].</param>
    /// <exception cref="ArgumentException">
    /// There are no values, they are not a whole number of samples, one is not finite, or there is not one label of at
    /// least 0 for each sample.
    /// </exception>
    public static TrainingData FromValues(
        ReadOnlySpan<float> values, ReadOnlySpan<long> labels, params int[] sampleShape) =>
        new ArrayData(values.ToArray(), sampleShape, labels);

    /// <summary>Points that are in memory.</summary>
    /// <param name="points">[N, D]; copied.</param>
    /// <exception cref="ArgumentException">There are no points, or a number is not finite.</exception>
    public static TrainingData FromPoints(float[,] points)
    {
        ArgumentNullException.ThrowIfNull(points);
        return new ArrayData(points.Cast<float>().ToArray(), [points.GetLength(1)]);
    }

    /// <summary>Points that are in memory, with numbers that a denoiser is conditioned on.</summary>
    /// <param name="points">N points; copied.</param>
    /// <param name="conditions">The numbers of each point, for example a property of it, N times C; copied.</param>
    /// <exception cref="ArgumentException">
    /// There are no points, a number is not finite, or there are not equally many conditions for each point.
    /// </exception>
    public static TrainingData FromPoints(IEnumerable<Vector2> points, IEnumerable<float[]> conditions)
    {
        float[] values = [.. points.SelectMany(point => new[] { point.X, point.Y })];
        float[][] rows = [.. conditions];
        bool fits = rows.Length == values.Length / 2
            && Array.TrueForAll(rows, row => row.Length > 0 && row.Length == rows[0].Length && row.All(float.IsFinite));
        return fits
            ? new ArrayData(values, [2]) { Conditions = rows.SelectMany(row => row).ToArray() }
            : throw new ArgumentException(
                $"There are {rows.Length} conditions for {values.Length / 2} points; expected equally many finite " +
                "numbers for each point.",
                nameof(conditions));
    }

    /// <summary>Points that are in memory.</summary>
    /// <param name="points">N points of D numbers each; copied.</param>
    /// <exception cref="ArgumentException">
    /// There are no points, they differ in length, or a number is not finite.
    /// </exception>
    public static TrainingData FromPoints(IEnumerable<float[]> points)
    {
        float[][] rows = [.. points];
        int dimensions = rows.Length > 0 ? rows[0].Length : 1;
        int odd = Array.FindIndex(rows, row => row.Length != dimensions);
        return odd < 0
            ? new ArrayData([.. rows.SelectMany(row => row)], [dimensions])
            : throw new ArgumentException(
                $"Point {odd} has {rows[odd].Length} numbers, but point 0 has {dimensions}.", nameof(points));
    }

    /// <summary>Points of the plane.</summary>
    /// <param name="points">N points; copied.</param>
    /// <exception cref="ArgumentException">There are no points, or a number is not finite.</exception>
    public static TrainingData FromPoints(IEnumerable<Vector2> points) =>
        new ArrayData([.. points.SelectMany(point => new[] { point.X, point.Y })], [2]);

    /// <summary>Copies samples.</summary>
    /// <param name="indices">Which samples, [B], each in [0, N).</param>
    /// <param name="destination">Receives them, row-major [B, ...].</param>
    /// <exception cref="ArgumentException">The length of <paramref name="destination"/> is not B samples.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no sample of an index.</exception>
    public void CopyBatch(ReadOnlySpan<long> indices, Span<float> destination)
    {
        if (destination.Length != (long)indices.Length * ValuesPerSample)
        {
            throw new ArgumentException(
                $"{indices.Length} samples have {(long)indices.Length * ValuesPerSample} numbers, "
                + $"but there is room for {destination.Length}.",
                nameof(destination));
        }
        for (int row = 0; row < indices.Length; row++)
        {
            long index = indices[row];
            if (index < 0 || index >= Count)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(indices), index, $"There is no sample {index} of {Count}.");
            }
            CopySample((int)index, destination.Slice(row * ValuesPerSample, ValuesPerSample));
        }
    }

    /// <summary>Samples as a tensor.</summary>
    /// <param name="indices">Which samples, [B], each in [0, N); at least one.</param>
    /// <param name="device">Where the tensor shall be.</param>
    /// <value>Null for <paramref name="device"/> means main memory.</value>
    /// <returns>float32 [B, ...]; the caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no sample of an index.</exception>
    public Tensor GetBatch(ReadOnlySpan<long> indices, Device? device = null)
    {
        var values = new float[indices.Length * ValuesPerSample];
        CopyBatch(indices, values);
        return tensor(
            values,
            [indices.Length, .. _sampleShape.Select(size => (long)size)],
            dtype: ScalarType.Float32,
            device: device);
    }

    /// <summary>
    /// All samples as one tensor, in the form that takes the least memory; <see cref="FromStored"/> makes values of it.
    /// </summary>
    /// <returns>[N, ...] in main memory; the caller disposes it.</returns>
    internal virtual Tensor Store() => tensor(Values.ToArray(), [Count, .. _sampleShape.Select(size => (long)size)]);

    /// <summary>The values of stored samples.</summary>
    /// <param name="stored">Rows of <see cref="Store"/>, [B, ...], on any device.</param>
    /// <returns>float32 [B, ...]: the rows themselves where they are values, or a new tensor.</returns>
    internal virtual Tensor FromStored(Tensor stored) => stored;

    /// <summary>What tells these samples from others: SHA-256 of their content.</summary>
    internal virtual byte[] Fingerprint() => SHA256.HashData(MemoryMarshal.AsBytes(Values.Span));

    /// <summary>Copies one sample.</summary>
    /// <param name="index">In [0, N).</param>
    /// <param name="destination">As long as a sample.</param>
    protected abstract void CopySample(int index, Span<float> destination);

    private ReadOnlyMemory<float> CopyAll()
    {
        var values = new float[checked(Count * ValuesPerSample)];
        for (int i = 0; i < Count; i++)
        {
            CopySample(i, values.AsSpan(i * ValuesPerSample, ValuesPerSample));
        }
        return values;
    }
}
