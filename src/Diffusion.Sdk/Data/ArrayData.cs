namespace Diffusion.Sdk.Data;

/// <summary>Samples in memory, checked to be finite.</summary>
internal sealed class ArrayData : TrainingData
{
    private readonly float[] _values;

    public ArrayData(float[] values, int[] sampleShape, ReadOnlySpan<long> labels = default)
        : base(CountOf(values, sampleShape), sampleShape, labels)
    {
        int wrong = Array.FindIndex(values, value => !float.IsFinite(value));
        if (wrong >= 0)
        {
            throw new ArgumentException(
                $"Sample {wrong / ValuesPerSample} holds {values[wrong]} at position {wrong % ValuesPerSample}; "
                + "all numbers must be finite.",
                nameof(values));
        }
        _values = values;
    }

    public override ReadOnlyMemory<float> Values => _values;

    internal override bool IsFinite => true;

    protected override void CopySample(int index, Span<float> destination) =>
        _values.AsSpan(index * ValuesPerSample, ValuesPerSample).CopyTo(destination);

    private static int CountOf(float[] values, int[] sampleShape)
    {
        long size = sampleShape.Aggregate(1L, (product, length) => product * length);
        if (size > 0 && values.Length % size != 0)
        {
            throw new ArgumentException(
                $"{values.Length} numbers are no whole number of samples of shape "
                + $"[{string.Join(", ", sampleShape)}], which have {size}.",
                nameof(values));
        }
        return size > 0 ? (int)(values.Length / size) : 0;
    }
}
