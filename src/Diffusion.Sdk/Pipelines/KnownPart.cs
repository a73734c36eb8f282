namespace Diffusion.Sdk.Pipelines;

/// <summary>Which values of the given samples are kept, and putting them back value for value.</summary>
/// <param name="original">The samples.</param>
/// <param name="mask">Whether a value is kept, for each value of a sample.</param>
internal sealed class KnownPart(GivenSamples original, bool[] mask)
{
    /// <summary>The samples.</summary>
    public GivenSamples Original => original;

    /// <summary>Whether a value is kept, for each value of a sample.</summary>
    public bool[] Mask => mask;

    /// <summary>The mask of a request for each value of a sample.</summary>
    /// <param name="known">[D], [H * W] or [C * H * W].</param>
    /// <param name="sampleShape">[D] or [C, H, W].</param>
    /// <exception cref="ArgumentException">It has another length.</exception>
    public static bool[] Expand(IReadOnlyList<bool> known, IReadOnlyList<int> sampleShape)
    {
        int values = sampleShape.Aggregate(1, (product, size) => product * size);
        int plane = sampleShape.Count == 3 ? values / sampleShape[0] : values;
        if (known.Count != values && known.Count != plane)
        {
            string expected = sampleShape.Count == 3
                ? $"{plane} for the pixels, alike in all channels, or {values}"
                : $"{values}";
            throw new ArgumentException(
                $"{nameof(GenerateOptions.Known)} has {known.Count} values; expected {expected}, since a sample has " +
                $"shape [{string.Join(", ", sampleShape)}].", nameof(known));
        }
        return [.. Enumerable.Range(0, values).Select(i => known[i % known.Count])];
    }

    /// <summary>Overwrites the known values of samples by those of the originals.</summary>
    /// <param name="values">All samples of the run.</param>
    /// <param name="first">The first of them to overwrite.</param>
    /// <param name="count">How many.</param>
    public void Restore(Span<float> values, int first, int count)
    {
        for (int sample = first; sample < first + count; sample++)
        {
            ReadOnlySpan<float> source = original.Of(sample);
            Span<float> target = values.Slice(sample * mask.Length, mask.Length);
            for (int i = 0; i < mask.Length; i++)
            {
                if (mask[i])
                {
                    target[i] = source[i];
                }
            }
        }
    }
}
