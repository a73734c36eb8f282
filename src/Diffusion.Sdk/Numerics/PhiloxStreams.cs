using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Diffusion.Sdk.Numerics;

/// <summary>
/// Random streams from <see cref="Philox"/> 4x32-10: the key is the seed, the counter is (purpose, item, step, block).
/// Without state, so safe on any number of threads at once; the same numbers on every CPU, bit for bit.
/// </summary>
/// <param name="seed">The key; any value. Different seeds give unrelated streams.</param>
/// <remarks>
/// Ranges: purpose in [0, 255], item and step in [0, 2^48), at most 2^26 values per item.
/// Normal numbers come from Box and Muller's transform and reach 6.66 standard deviations.
/// </remarks>
public sealed class PhiloxStreams(long seed) : RandomStreams
{
    // Below this many blocks per item the four lanes run over items, from it on over the blocks of one item.
    private const int LanesWithinItem = 4;

    /// <summary>The seed that makes these numbers again.</summary>
    public long Seed { get; } = seed;

    /// <inheritdoc/>
    public override void Normal(
        RandomPurpose purpose, long firstItem, int items, long step, Span<float> destination) =>
        Fill<NormalKernel>(new PhiloxAddress(Seed, purpose, firstItem, items, step, destination.Length), destination);

    /// <inheritdoc/>
    public override void Uniform(
        RandomPurpose purpose, long firstItem, int items, long step, Span<float> destination) =>
        Fill<UniformKernel>(new PhiloxAddress(Seed, purpose, firstItem, items, step, destination.Length), destination);

    /// <inheritdoc/>
    /// <remarks>
    /// 64 random bits times the range, high half (Lemire): no number is preferred by more than range / 2^64.
    /// </remarks>
    public override void Integers(
        RandomPurpose purpose, long firstItem, int items, long step, long upperExclusive, Span<long> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(upperExclusive, 1);
        if (destination.Length != items)
        {
            throw new ArgumentException(
                $"destination must hold one number for each of {items} items, but its length is {destination.Length}.",
                nameof(destination));
        }
        var address = new PhiloxAddress(Seed, purpose, firstItem, items, step, destination.Length);
        Span<ulong> bits = stackalloc ulong[4];
        for (int item = 0; item < items; item += 4)
        {
            PhiloxWords words = address.AcrossItems(item, block: 0);
            ((words.Word0 & Vector256.Create((ulong)uint.MaxValue)) | (words.Word1 << 32)).CopyTo(bits);
            for (int lane = 0; lane < Math.Min(4, items - item); lane++)
            {
                destination[item + lane] = (long)Math.BigMul(bits[lane], (ulong)upperExclusive, out _);
            }
        }
    }

    private static void Fill<TKernel>(in PhiloxAddress address, Span<float> destination)
        where TKernel : struct, IPhiloxKernel
    {
        if (address.ValuesPerItem == 2)
        {
            FillPairs<TKernel>(address, destination);
        }
        else if (address.BlocksPerItem < LanesWithinItem)
        {
            FillAcrossItems<TKernel>(address, destination);
        }
        else
        {
            FillWithinItems<TKernel>(address, destination);
        }
    }

    // Points of the plane need half of a block: the halves of eight make as many values as four whole blocks.
    private static void FillPairs<TKernel>(in PhiloxAddress address, Span<float> destination)
        where TKernel : struct, IPhiloxKernel
    {
        for (int item = 0; item < address.Items; item += 8)
        {
            PhiloxWords first = address.AcrossItems(item, block: 0), next = address.AcrossItems(item + 4, block: 0);
            (Vector256<float> low, Vector256<float> high) = TKernel.Convert(
                Vector256.Narrow(first.Word0, next.Word0), Vector256.Narrow(first.Word1, next.Word1));
            Store(low, high, destination[(2 * item)..]);
        }
    }

    private static void FillAcrossItems<TKernel>(in PhiloxAddress address, Span<float> destination)
        where TKernel : struct, IPhiloxKernel
    {
        Span<float> values = stackalloc float[16];
        for (int block = 0; block < address.BlocksPerItem; block++)
        {
            int count = Math.Min(4, address.ValuesPerItem - 4 * block);
            for (int item = 0; item < address.Items; item += 4)
            {
                (Vector256<float> low, Vector256<float> high) = Convert<TKernel>(address.AcrossItems(item, block));
                low.CopyTo(values);
                high.CopyTo(values[8..]);
                int lanes = Math.Min(4, address.Items - item);
                for (int lane = 0; lane < lanes; lane++)
                {
                    int offset = (item + lane) * address.ValuesPerItem + 4 * block;
                    values.Slice(4 * lane, count).CopyTo(destination[offset..]);
                }
            }
        }
    }

    private static void FillWithinItems<TKernel>(in PhiloxAddress address, Span<float> destination)
        where TKernel : struct, IPhiloxKernel
    {
        for (int item = 0; item < address.Items; item++)
        {
            Span<float> row = destination.Slice(item * address.ValuesPerItem, address.ValuesPerItem);
            for (int block = 0; block < address.BlocksPerItem; block += 4)
            {
                (Vector256<float> low, Vector256<float> high) = Convert<TKernel>(address.WithinItem(item, block));
                Store(low, high, row[(4 * block)..]);
            }
        }
    }

    private static void Store(Vector256<float> low, Vector256<float> high, Span<float> rest)
    {
        if (rest.Length >= 16)
        {
            low.CopyTo(rest);
            high.CopyTo(rest[8..]);
            return;
        }
        StoreFirst(low, high, rest);
    }

    // Apart, so that the usual way needs no memory on the stack.
    private static void StoreFirst(Vector256<float> low, Vector256<float> high, Span<float> rest)
    {
        Span<float> values = stackalloc float[16];
        low.CopyTo(values);
        high.CopyTo(values[8..]);
        values[..rest.Length].CopyTo(rest);
    }

    private static (Vector256<float> Low, Vector256<float> High) Convert<TKernel>(in PhiloxWords words)
        where TKernel : struct, IPhiloxKernel => TKernel.Convert(words.Even, words.Odd);
}
