using Diffusion.Sdk.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace Diffusion.Sdk.Tests.Numerics;

public class PhiloxStreamsTests
{
    private const long Seed = 0x1234_5678_9ABC_DEF0;

    [Fact]
    public void Normal_AnyAddress_IsBoxMullerOfTheBlockAtThatAddress()
    {
        const long item = (7L << 32) + 5;
        const long step = (9L << 32) + 11;
        var actual = new float[8];

        new PhiloxStreams(Seed).Normal(RandomPurpose.StepNoise, item, 1, step, actual);

        for (uint block = 0; block < 2; block++)
        {
            uint[] words = Words(RandomPurpose.StepNoise, item, step, block);
            for (int pair = 0; pair < 2; pair++)
            {
                double u = ((words[2 * pair] >> 1) + 0.5) / (1L << 31);
                uint angle = words[2 * pair + 1];
                double phi = ((angle >> 30) + (int)(angle << 2) / 4294967296.0) * Math.PI / 2;
                double radius = Math.Sqrt(-2 * Math.Log(u));
                Assert.Equal(radius * Math.Cos(phi), actual[4 * block + 2 * pair], 2e-6);
                Assert.Equal(radius * Math.Sin(phi), actual[4 * block + 2 * pair + 1], 2e-6);
            }
        }
    }

    // Seeds are a promise: these bits may not differ on another CPU, nor in a later version.
    [Fact]
    public void Normal_FirstValuesOfSeed42_AreTheseBitsOnEveryCpu()
    {
        var values = new float[100_000];

        new PhiloxStreams(42).Normal(RandomPurpose.Data, 0, 10_000, 0, values);

        uint hash = 2166136261;
        foreach (float value in values)
        {
            hash = (hash ^ BitConverter.SingleToUInt32Bits(value)) * 16777619;
        }
        Assert.Equal([-0.623757f, 0.6407583f], values[..2]);
        Assert.Equal(277421185u, hash);
    }

    [Fact]
    public void Normal_ScalarArithmetic_GivesTheSameBits()
    {
        var actual = new float[4 * 5000];

        new PhiloxStreams(Seed).Normal(RandomPurpose.InitialNoise, 0, 5000, 3, actual);

        for (int item = 0; item < 5000; item++)
        {
            uint[] words = Words(RandomPurpose.InitialNoise, item, 3, 0);
            (float z0, float z1) = ScalarBoxMuller.Transform(words[0], words[1]);
            (float z2, float z3) = ScalarBoxMuller.Transform(words[2], words[3]);
            Assert.Equal([z0, z1, z2, z3], actual[(4 * item)..(4 * item + 4)]);
        }
    }

    [Fact]
    public void Uniform_AnyAddress_IsTheHigh24BitsOfEachWord()
    {
        var actual = new float[6];

        new PhiloxStreams(Seed).Uniform(RandomPurpose.Metric, 3, 1, 4, actual);

        float[] expected = [.. Words(RandomPurpose.Metric, 3, 4, 0).Concat(Words(RandomPurpose.Metric, 3, 4, 1))
            .Take(6).Select(word => (word >> 8) / 16777216f)];
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Integers_AnyAddress_IsTheHighHalfOfTheProductWith64Bits()
    {
        var actual = new long[3];

        new PhiloxStreams(Seed).Integers(RandomPurpose.Batch, 10, 3, 4, 1_000_000_007, actual);

        for (int i = 0; i < 3; i++)
        {
            uint[] words = Words(RandomPurpose.Batch, 10 + i, 4, 0);
            UInt128 product = (UInt128)((ulong)words[1] << 32 | words[0]) * 1_000_000_007;
            Assert.Equal((long)(product >> 64), actual[i]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(21)]
    public void AllKinds_TwoValuesOfAnItem_AreTheFirstTwoOfFour(int items)
    {
        var streams = new PhiloxStreams(3);
        const long first = (1L << 32) - 5;
        float[] two = new float[2 * items], four = new float[4 * items];

        streams.Normal(RandomPurpose.StepNoise, first, items, 9, two);
        streams.Normal(RandomPurpose.StepNoise, first, items, 9, four);
        Assert.Equal(four.Where((_, i) => i % 4 < 2), two);

        streams.Uniform(RandomPurpose.StepNoise, first, items, 9, two);
        streams.Uniform(RandomPurpose.StepNoise, first, items, 9, four);
        Assert.Equal(four.Where((_, i) => i % 4 < 2), two);
    }

    [Fact]
    public void AllKinds_AnySplitIntoBatches_GiveTheSameNumbers() => Prop.ForAll(
        Gen.Choose(1, 70).Zip(Gen.Choose(1, 40)).Zip(Gen.Choose(0, 70)).ToArbitrary(),
        input =>
        {
            ((int items, int perItem), int cut) = (input.Item1, input.Item2);
            cut = Math.Min(cut, items);
            var streams = new PhiloxStreams(items * 1000 + perItem);
            const long first = (1L << 32) - 30; // the batch crosses the low half of the item
            return SplitsAlike<float>(items * perItem, cut * perItem, (from, to, values) => streams.Normal(
                    RandomPurpose.Data, first + from / perItem, (to - from) / perItem, 5, values))
                && SplitsAlike<float>(items * perItem, cut * perItem, (from, to, values) => streams.Uniform(
                    RandomPurpose.Data, first + from / perItem, (to - from) / perItem, 5, values))
                && SplitsAlike<long>(items, cut, (from, to, values) => streams.Integers(
                    RandomPurpose.Data, first + from, to - from, 5, 1L << 40, values));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Normal_ManyThreadsAtOnce_GiveTheSameNumbers()
    {
        var streams = new PhiloxStreams(Seed);
        var expected = new float[2000];
        streams.Normal(RandomPurpose.StepNoise, 0, 1000, 0, expected);
        var results = new float[64][];

        Parallel.For(0, results.Length, i =>
        {
            results[i] = new float[2000];
            streams.Normal(RandomPurpose.StepNoise, 0, 1000, 0, results[i]);
        });

        Assert.All(results, result => Assert.Equal(expected, result));
    }

    [Fact]
    public void Permutation_Any_HoldsEachNumberOnceAndDependsOnTheStep()
    {
        var streams = new PhiloxStreams(Seed);

        int[] order = streams.Permutation(RandomPurpose.Order, 1000, step: 1);

        Assert.Equal(Enumerable.Range(0, 1000), order.Order());
        Assert.Equal(order, streams.Permutation(RandomPurpose.Order, 1000, step: 1));
        Assert.NotEqual(order, streams.Permutation(RandomPurpose.Order, 1000, step: 2));
        Assert.Empty(streams.Permutation(RandomPurpose.Order, 0, step: 1));
    }

    [Theory]
    [InlineData(300, 0, 1, 0, 1, "purpose ('300')")]
    [InlineData(0, -1, 1, 0, 1, "firstItem ('-1')")]
    [InlineData(0, 1L << 48, 1, 0, 1, "firstItem ('281474976710656')")]
    [InlineData(0, 0, 0, 0, 0, "items ('0')")]
    [InlineData(0, 0, 1, -2, 1, "step ('-2')")]
    [InlineData(0, 0, 1, 1L << 48, 1, "step ('281474976710656')")]
    [InlineData(
        0, 0, 2, 0, 3, "destination must hold the same number of values for each of 2 items, but its length is 3.")]
    [InlineData(0, 0, 1, 0, (1 << 26) + 1, "at most 67108864 values per item, but asks for 67108865")]
    public void Normal_OutsideOfARange_SaysWhichAndHow(
        uint purpose, long item, int items, long step, int length, string message)
    {
        var destination = new float[length];

        var error = Assert.ThrowsAny<ArgumentException>(
            () => new PhiloxStreams(1).Normal((RandomPurpose)purpose, item, items, step, destination));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Integers_WrongRangeOrLength_SaysWhichAndHow()
    {
        var streams = new PhiloxStreams(1);

        var range = Assert.Throws<ArgumentOutOfRangeException>(
            () => streams.Integers(RandomPurpose.Batch, 0, 1, 0, 0, new long[1]));
        var length = Assert.Throws<ArgumentException>(
            () => streams.Integers(RandomPurpose.Batch, 0, 4, 0, 9, new long[3]));

        Assert.Contains("upperExclusive ('0')", range.Message, StringComparison.Ordinal);
        Assert.Contains(
            "one number for each of 4 items, but its length is 3", length.Message, StringComparison.Ordinal);
    }

    private static bool SplitsAlike<T>(int length, int cut, Action<int, int, T[]> draw)
    {
        var whole = new T[length];
        var left = new T[cut];
        var right = new T[length - cut];
        draw(0, length, whole);
        if (cut > 0)
        {
            draw(0, cut, left);
        }
        if (cut < length)
        {
            draw(cut, length, right);
        }
        return whole.SequenceEqual(left.Concat(right));
    }

    private static uint[] Words(RandomPurpose purpose, long item, long step, uint block)
    {
        uint[] counter =
        [
            (uint)purpose << 24 | block, (uint)item, (uint)step, (uint)(item >> 32) | (uint)(step >> 32) << 16,
        ];
        var words = new uint[4];
        Philox.Block(counter, [unchecked((uint)Seed), (uint)(Seed >> 32)], words);
        return words;
    }
}
