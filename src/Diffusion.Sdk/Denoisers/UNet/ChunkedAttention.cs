using Diffusion.Sdk.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// softmax(Q K^T / sqrt(d)) V on a processor, the scores of a few heads at a time: they stay in the cache and are never
/// all in memory, and the backward makes them again. Shapes: N batch, L pixels, h heads, d channels of a head, c heads
/// of a chunk. Vaswani et al. 2017 (arXiv:1706.03762), eq. 1.
/// </summary>
internal static class ChunkedAttention
{
    // Scores of a chunk, 2 MiB in float32: what a core's second cache holds.
    private const long MostScores = 1 << 19;

    // Exponents up to this need no largest one taken off first: e^40, its sums and inverses are far inside float32.
    private const double MostExponent = 40;

    /// <summary>Queries, keys and values to mixed values.</summary>
    /// <param name="qkv">[N, L, 3, h, d], contiguous.</param>
    /// <returns>[N, L, h, d]; the caller disposes it.</returns>
    public static Tensor Forward(Tensor qkv)
    {
        using var scope = NewDisposeScope();
        Tensor output = qkv.new_empty([qkv.size(0), qkv.size(1), qkv.size(3), qkv.size(4)]);
        bool tame = IsTame(qkv);
        EachChunk(qkv, chunk =>
        {
            (Tensor query, Tensor key, Tensor value) = chunk.Split(qkv);
            (Tensor weights, Tensor? sums) = Weigh(query.mul(Scale(qkv)), key, tame);
            Tensor mixed = weights.bmm(value); // [c, L, d]
            chunk.Of(output).copy_(sums is null ? mixed : mixed.div_(sums));
        });
        return output.MoveToOuterDisposeScope();
    }

    /// <summary>The gradient by <paramref name="qkv"/>, [N, L, 3, h, d]; the caller disposes it.</summary>
    /// <param name="qkv">[N, L, 3, h, d].</param>
    /// <param name="output">What <see cref="Forward"/> made of it, [N, L, h, d].</param>
    /// <param name="gradient">The gradient by that.</param>
    public static Tensor Backward(Tensor qkv, Tensor output, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        Tensor result = empty_like(qkv);
        bool tame = IsTame(qkv);
        Tensor along = gradient.mul(output).sum(-1, keepdim: true); // [N, L, h, 1]
        EachChunk(qkv, chunk =>
        {
            (Tensor query, Tensor key, Tensor value) = chunk.Split(qkv);
            (Tensor byQuery, Tensor byKey, Tensor byValue) = chunk.Split(result);
            Tensor scaled = query.mul(Scale(qkv));
            (Tensor weights, Tensor? sums) = Weigh(scaled, key, tame);
            (Tensor outer, Tensor level) = (chunk.Of(gradient), chunk.Of(along)); // [c, L, d], [c, L, 1]
            if (sums is not null)
            {
                (outer, level) = (outer.div(sums), level.div(sums)); // the weights lack the division
            }
            byValue.copy_(weights.transpose(1, 2).bmm(outer));
            // The gradient by the scores: each row's weights times (gradient by the weight - its mean).
            Tensor byScores = outer.bmm(value.transpose(1, 2)).sub_(level).mul_(weights); // [c, L, L]
            byQuery.copy_(byScores.bmm(key).mul_(Scale(qkv)));
            byKey.copy_(byScores.transpose(1, 2).bmm(scaled));
        });
        return result.MoveToOuterDisposeScope();
    }

    // [c, L, L] and, where they still have to be divided by their sums, those, [c, L, 1].
    private static (Tensor Weights, Tensor? Sums) Weigh(Tensor query, Tensor key, bool tame)
    {
        Tensor scores = query.bmm(key.transpose(1, 2));
        if (!tame)
        {
            return (nn.functional.softmax(scores, -1), null);
        }
        scores.exp_();
        return (scores, scores.sum(-1, keepdim: true));
    }

    // |q . k| <= |q| |k|.
    private static bool IsTame(Tensor qkv)
    {
        using var scope = NewDisposeScope();
        double query = Longest(qkv.select(2, 0)), key = Longest(qkv.select(2, 1));
        return query * key * Scale(qkv) <= MostExponent; // false for NaN
    }

    private static double Longest(Tensor vectors) =>
        Math.Sqrt(vectors.square().sum(-1).max().to_type(ScalarType.Float64).item<double>());

    private static double Scale(Tensor qkv) => 1 / Math.Sqrt(qkv.size(4));

    // Images go to several threads where there are some; a chunk's tensors are freed behind it.
    private static void EachChunk(Tensor qkv, Action<Chunk> work)
    {
        (long images, long length, long heads) = (qkv.size(0), qkv.size(1), qkv.size(3));
        long most = Math.Clamp(MostScores / (length * length), 1, heads);
        BatchParts.Run(images, BatchParts.Count(images, least: 1), (_, first, count) =>
        {
            for (long place = first * heads; place < (first + count) * heads;)
            {
                (long image, long head) = Math.DivRem(place, heads);
                long taken = Math.Min(most, heads - head);
                using var scope = NewDisposeScope();
                work(new Chunk(image, head, taken));
                place += taken;
            }
        });
    }

    /// <summary>Some heads of an image.</summary>
    private readonly record struct Chunk(long Image, long Head, long Heads)
    {
        /// <summary>Its part of [N, L, h, ...], as a view [c, L, ...].</summary>
        public Tensor Of(Tensor all) => all.select(0, Image).narrow(1, Head, Heads).transpose(0, 1);

        /// <summary>Its parts of [N, L, 3, h, d], as views [c, L, d].</summary>
        public (Tensor Query, Tensor Key, Tensor Value) Split(Tensor qkv)
        {
            Tensor own = qkv.select(0, Image).narrow(2, Head, Heads).permute(1, 2, 0, 3); // [3, c, L, d]
            return (own.select(0, 0), own.select(0, 1), own.select(0, 2));
        }
    }
}
