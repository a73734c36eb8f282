namespace Diffusion.Sdk.Data;

/// <summary>The rules of class labels.</summary>
internal static class ClassLabels
{
    /// <summary>How many classes there are; 0 where there are no labels.</summary>
    /// <param name="labels">The class of each sample, or nothing.</param>
    /// <param name="samples">How many samples there are.</param>
    /// <param name="numClasses">How many classes there are; null for one more than the largest label.</param>
    /// <exception cref="ArgumentException">There is not one label for each sample, or a label is no class.</exception>
    public static int Count(ReadOnlySpan<long> labels, int samples, int? numClasses)
    {
        if (labels.Length == 0)
        {
            return 0;
        }
        if (labels.Length != samples)
        {
            throw new ArgumentException(
                $"There are {labels.Length} labels for {samples} samples; expected one for each.", nameof(labels));
        }
        long limit = numClasses ?? int.MaxValue;
        long largest = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] < 0 || labels[i] >= limit)
            {
                throw new ArgumentException(
                    $"Sample {i} has the label {labels[i]}; expected one in [0, {limit}).", nameof(labels));
            }
            largest = Math.Max(largest, labels[i]);
        }
        return numClasses ?? (int)largest + 1;
    }
}
