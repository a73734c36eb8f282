using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary><see cref="ChunkedAttention"/> with its gradient.</summary>
internal sealed class AttentionFunction : autograd.SingleTensorFunction<AttentionFunction>
{
    public override string Name => nameof(AttentionFunction);

    /// <param name="ctx">Keeps what the backward needs.</param>
    /// <param name="vars">Queries, keys and values, [N, L, 3, h, d].</param>
    /// <returns>[N, L, h, d].</returns>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var qkv = (Tensor)vars[0];
        Tensor output = ChunkedAttention.Forward(qkv);
        ctx.save_for_backward([qkv, output]);
        return output;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        return [ChunkedAttention.Backward(saved[0], saved[1], grad_output)];
    }
}
