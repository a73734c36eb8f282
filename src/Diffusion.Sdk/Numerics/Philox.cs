using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Diffusion.Sdk.Numerics;

/// <summary>
/// The counter-based generator Philox 4x32 with 10 rounds: a bijection of 128-bit counters chosen by a 64-bit key,
/// whose outputs pass the usual batteries of tests. It has no state, so any number can be had without those before it.
/// </summary>
/// <remarks>
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11, section 3.3.
/// </remarks>
public static class Philox
{
    private const int Rounds = 10;
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;

    /// <summary>One block: four random 32-bit words for one counter.</summary>
    /// <param name="counter">Four words, the least significant first.</param>
    /// <param name="key">Two words, the least significant first.</param>
    /// <param name="output">Receives four words; may be the same memory as <paramref name="counter"/>.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    public static void Block(ReadOnlySpan<uint> counter, ReadOnlySpan<uint> key, Span<uint> output)
    {
        RequireLength(counter.Length, 4, nameof(counter));
        RequireLength(key.Length, 2, nameof(key));
        RequireLength(output.Length, 4, nameof(output));
        (uint c0, uint c1, uint c2, uint c3) = (counter[0], counter[1], counter[2], counter[3]);
        (uint k0, uint k1) = (key[0], key[1]);
        for (int round = 0; round < Rounds; round++)
        {
            ulong p0 = (ulong)Multiplier0 * c0;
            ulong p1 = (ulong)Multiplier1 * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += Weyl0;
            k1 += Weyl1;
        }
        (output[0], output[1], output[2], output[3]) = (c0, c1, c2, c3);
    }

    /// <summary>
    /// Four blocks at once: each lane is one block, each word sits in the low half of its 64-bit lane.
    /// The high halves hold arbitrary bits afterwards. Integer arithmetic only: equal to <see cref="Block"/> on every
    /// CPU.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void FourBlocks(
        ulong key, ref Vector256<ulong> c0, ref Vector256<ulong> c1, ref Vector256<ulong> c2, ref Vector256<ulong> c3)
    {
        Vector256<ulong> multiplier0 = Vector256.Create((ulong)Multiplier0);
        Vector256<ulong> multiplier1 = Vector256.Create((ulong)Multiplier1);
        uint k0 = (uint)key;
        uint k1 = (uint)(key >> 32);
        for (int round = 0; round < Rounds; round++)
        {
            Vector256<ulong> p0 = MultiplyLow(c0, multiplier0);
            Vector256<ulong> p1 = MultiplyLow(c2, multiplier1);
            c0 = (p1 >>> 32) ^ c1 ^ Vector256.Create((ulong)k0);
            c1 = p1;
            c2 = (p0 >>> 32) ^ c3 ^ Vector256.Create((ulong)k1);
            c3 = p0;
            k0 += Weyl0;
            k1 += Weyl1;
        }
    }

    // The exact 64-bit product of the low 32 bits of each lane.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> MultiplyLow(Vector256<ulong> left, Vector256<ulong> right) => Avx2.IsSupported
        ? Avx2.Multiply(left.AsUInt32(), right.AsUInt32())
        : (left & Vector256.Create((ulong)uint.MaxValue)) * right;

    private static void RequireLength(int actual, int expected, string name)
    {
        if (actual != expected)
        {
            throw new ArgumentException($"{name} must hold {expected} words, but holds {actual}.", name);
        }
    }
}
