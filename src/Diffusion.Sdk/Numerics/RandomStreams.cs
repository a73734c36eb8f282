namespace Diffusion.Sdk.Numerics;

/// <summary>
/// The one source of randomness: numbers addressed by purpose, item and step instead of drawn in sequence.
/// The numbers of an item depend on its address alone, never on how many items are asked for at once;
/// so sample 7 is the same in any batch, and training resumes exactly from a step number.
/// A test replaces it by recorded numbers.
/// </summary>
public abstract class RandomStreams
{
    /// <summary>Standard normal numbers.</summary>
    /// <param name="purpose">What the numbers are for.</param>
    /// <param name="firstItem">The first item (sample, place in a batch).</param>
    /// <param name="items">How many items, from <paramref name="firstItem"/> on; at least 1.</param>
    /// <param name="step">The step (of sampling, of training).</param>
    /// <param name="destination">Receives [items, destination.Length / items] values, row-major.</param>
    /// <exception cref="ArgumentException">
    /// The length of <paramref name="destination"/> is not a multiple of <paramref name="items"/>.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A number is outside of the range that the implementation states.
    /// </exception>
    public abstract void Normal(RandomPurpose purpose, long firstItem, int items, long step, Span<float> destination);

    /// <summary>Whole numbers in [0, upperExclusive), one per item.</summary>
    /// <param name="purpose">What the numbers are for.</param>
    /// <param name="firstItem">The first item (sample, place in a batch).</param>
    /// <param name="items">How many items, from <paramref name="firstItem"/> on; at least 1.</param>
    /// <param name="step">The step (of sampling, of training).</param>
    /// <param name="upperExclusive">One more than the largest number; at least 1.</param>
    /// <param name="destination">Receives [items] numbers.</param>
    /// <exception cref="ArgumentException">
    /// The length of <paramref name="destination"/> is not <paramref name="items"/>.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A number is outside of the range that the implementation states.
    /// </exception>
    public abstract void Integers(
        RandomPurpose purpose, long firstItem, int items, long step, long upperExclusive, Span<long> destination);

    /// <summary>Uniform numbers in [0, 1), multiples of 2^-24.</summary>
    /// <param name="purpose">What the numbers are for.</param>
    /// <param name="firstItem">The first item (sample, place in a batch).</param>
    /// <param name="items">How many items, from <paramref name="firstItem"/> on; at least 1.</param>
    /// <param name="step">The step (of sampling, of training).</param>
    /// <param name="destination">Receives [items, destination.Length / items] values, row-major.</param>
    /// <exception cref="ArgumentException">
    /// The length of <paramref name="destination"/> is not a multiple of <paramref name="items"/>.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A number is outside of the range that the implementation states.
    /// </exception>
    public abstract void Uniform(RandomPurpose purpose, long firstItem, int items, long step, Span<float> destination);

    /// <summary>A random order of [0, count): every order is equally likely (Fisher-Yates).</summary>
    /// <param name="purpose">What the order is for; usually <see cref="RandomPurpose.Order"/>.</param>
    /// <param name="count">How many numbers are put in order; at least 0.</param>
    /// <param name="step">The step; for the order of an epoch its number.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    public int[] Permutation(RandomPurpose purpose, int count, long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        int[] order = [.. Enumerable.Range(0, count)];
        Span<long> other = stackalloc long[1];
        for (int i = count - 1; i > 0; i--)
        {
            Integers(purpose, i, 1, step, i + 1L, other);
            (order[i], order[other[0]]) = (order[other[0]], order[i]);
        }
        return order;
    }
}
