using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Diffusion.Sdk.Numerics;

/// <summary>
/// A checked range of items at one purpose and step, and the counters of their blocks. The counter of a block is
/// word 0: purpose (8 bits) above the number of the block within the item (24 bits);
/// words 1 and 2: the low halves of item and step; word 3: their high 16 bits, the item's in its low half.
/// </summary>
internal readonly struct PhiloxAddress
{
    private const int BlockBits = 24;
    private const long AddressLimit = 1L << 48;

    private readonly ulong _key;
    private readonly ulong _purpose;
    private readonly ulong _stepLow;
    private readonly ulong _stepHigh;
    private readonly long _firstItem;

    public PhiloxAddress(long seed, RandomPurpose purpose, long firstItem, int items, long step, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)purpose, 255u, nameof(purpose));
        ArgumentOutOfRangeException.ThrowIfLessThan(items, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(firstItem);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstItem, AddressLimit - items);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(step, AddressLimit);
        if (length % items != 0)
        {
            throw new ArgumentException(
                $"destination must hold the same number of values for each of {items} items, "
                + $"but its length is {length}.",
                nameof(length));
        }
        ValuesPerItem = length / items;
        if (ValuesPerItem > 4 << BlockBits)
        {
            throw new ArgumentException(
                $"destination may hold at most {4 << BlockBits} values per item, but asks for {ValuesPerItem}.",
                nameof(length));
        }
        BlocksPerItem = (int)(((long)ValuesPerItem + 3) / 4);
        Items = items;
        _key = (ulong)seed;
        _purpose = (ulong)purpose << BlockBits;
        _firstItem = firstItem;
        _stepLow = (uint)step;
        _stepHigh = (ulong)step >> 32 << 16;
    }

    public int Items { get; }

    public int ValuesPerItem { get; }

    public int BlocksPerItem { get; }

    /// <summary>The same block of four items in a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PhiloxWords AcrossItems(int item, int block) => Generate(
        Vector256.Create((ulong)(_firstItem + item)) + Vector256<ulong>.Indices, Vector256.Create((ulong)block));

    /// <summary>Four blocks in a row of one item; those past its last are computed and of no use.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PhiloxWords WithinItem(int item, int block) => Generate(
        Vector256.Create((ulong)(_firstItem + item)), Vector256.Create((ulong)block) + Vector256<ulong>.Indices);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PhiloxWords Generate(Vector256<ulong> item, Vector256<ulong> block)
    {
        // The high halves of the lanes take no part in a Philox round, so they need not be cleared.
        Vector256<ulong> w0 = block | Vector256.Create(_purpose);
        Vector256<ulong> w1 = item;
        Vector256<ulong> w2 = Vector256.Create(_stepLow);
        Vector256<ulong> w3 = (item >>> 32) | Vector256.Create(_stepHigh);
        Philox.FourBlocks(_key, ref w0, ref w1, ref w2, ref w3);
        return new PhiloxWords(w0, w1, w2, w3);
    }
}

/// <summary>
/// Four blocks of four random words: lane l holds block l, each word in the low half; the high halves are arbitrary.
/// </summary>
internal readonly record struct PhiloxWords(
    Vector256<ulong> Word0, Vector256<ulong> Word1, Vector256<ulong> Word2, Vector256<ulong> Word3)
{
    /// <summary>Words 0 and 2 of each block, side by side: [w0 w2 | w0 w2 | w0 w2 | w0 w2].</summary>
    public Vector256<uint> Even => Pair(Word0, Word2);

    /// <summary>Words 1 and 3 of each block, side by side.</summary>
    public Vector256<uint> Odd => Pair(Word1, Word3);

    private static Vector256<uint> Pair(Vector256<ulong> low, Vector256<ulong> high) =>
        ((low & Vector256.Create((ulong)uint.MaxValue)) | (high << 32)).AsUInt32();
}
