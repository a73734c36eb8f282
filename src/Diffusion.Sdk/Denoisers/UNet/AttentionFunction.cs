using Diffusion.Sdk.Numerics;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// softmax(Q K^T / sqrt(d)) V on a processor with its gradient: by <see cref="Kernels"/>, else as
/// <see cref="ChunkedAttention"/>. Shapes: N batch, L pixels, h heads, d channels of a head.
/// </summary>
internal sealed class AttentionFunction : autograd.SingleTensorFunction<AttentionFunction>
{
    public override string Name => nameof(AttentionFunction);

    /// <summary>The same, without a gradient where none is recorded.</summary>
    /// <param name="qkv">Queries, keys and values, [N, L, 3, h, d], contiguous.</param>
    /// <returns>[N, L, h, d]; the caller disposes it.</returns>
    public static Tensor Apply(Tensor qkv)
    {
        if (is_grad_enabled())
        {
            return apply(qkv);
        }
        (Tensor output, Tensor? sums) = Forward(qkv);
        sums?.Dispose();
        return output;
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var qkv = (Tensor)vars[0];
        (Tensor output, Tensor? sums) = Forward(qkv);
        ctx.save_for_backward(sums is null ? [qkv, output] : [qkv, output, sums]);
        return output;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        (Tensor qkv, Tensor output) = (saved[0], saved[1]);
        return saved is [_, _, var sums]
            ? [Kernels.AttentionBackward(qkv, Scale(qkv), output, sums, grad_output.contiguous())]
            : [ChunkedAttention.Backward(qkv, output, grad_output)];
    }

    // The result and, of the kernels, the logarithms of the rows' sums, [N, h, L].
    private static (Tensor Output, Tensor? Sums) Forward(Tensor qkv)
    {
        if (!Kernels.Serve(qkv))
        {
            return (ChunkedAttention.Forward(qkv), null);
        }
        (long count, long length, long heads, long size) = (qkv.size(0), qkv.size(1), qkv.size(3), qkv.size(4));
        Tensor output = qkv.new_empty([count, length, heads, size]);
        Tensor sums = empty([count, heads, length], ScalarType.Float32);
        Kernels.Attention(qkv, Scale(qkv), output, sums);
        return (output, sums);
    }

    private static double Scale(Tensor qkv) => 1 / Math.Sqrt(qkv.size(4));
}
