using Diffusion.Sdk.Numerics;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// conv(silu(norm(input + shift))) + bias + residual by one kernel, with its gradients; for tensors that
/// <see cref="Kernels.ServeConvolution"/>. Shapes: N batch, C channels, H height, W width, g groups.
/// </summary>
internal sealed class NormConvFunction : autograd.SingleTensorFunction<NormConvFunction>
{
    public override string Name => nameof(NormConvFunction);

    /// <summary>The result, recorded where gradients are.</summary>
    /// <param name="kind">Stride, doubling and activation; the rest is filled in here.</param>
    /// <param name="norm">The norm; null for none.</param>
    /// <param name="input">[N, H, W, C], contiguous.</param>
    /// <param name="shift">[N, C], contiguous; null for none, and where there is no norm.</param>
    /// <param name="weight">[C', C, size, size], or [C', C] for size 1.</param>
    /// <param name="bias">[C'].</param>
    /// <param name="residual">[N, H', W', C'], contiguous; null for none.</param>
    /// <returns>[N, H', W', C']; the caller disposes it.</returns>
    public static Tensor Apply(
        NormConvShape kind, TorchSharp.Modules.GroupNorm? norm, Tensor input, Tensor? shift, Tensor weight, Tensor bias,
        Tensor? residual)
    {
        NormConvShape shape = kind with
        {
            Images = input.size(0),
            Height = input.size(1),
            Width = input.size(2),
            Inputs = input.size(3),
            Outputs = weight.size(0),
            Size = weight.dim() > 2 ? weight.size(2) : 1,
            Groups = norm?.num_groups ?? 0,
            Eps = (float)(norm?.eps ?? 0),
        };
        object[] vars = [input, weight, bias, norm?.weight!, norm?.bias!, shift!, residual!, shape];
        if (is_grad_enabled())
        {
            return apply(vars);
        }
        using var scope = NewDisposeScope();
        return Forward(vars).Output.MoveToOuterDisposeScope();
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        (Tensor output, Tensor? moments) = Forward(vars);
        var (input, weight, shift) = ((Tensor)vars[0], (Tensor)vars[1], vars[5] as Tensor);
        ctx.save_for_backward(
        [
            input, weight, .. moments is null ? (Tensor[])[] : [(Tensor)vars[3], (Tensor)vars[4], moments],
            .. shift is null ? (Tensor[])[] : [shift],
        ]);
        ctx.save_data(nameof(NormConvShape), vars[7]);
        ctx.save_data(nameof(input), input.requires_grad);
        return output;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        var shape = (NormConvShape)ctx.get_data(nameof(NormConvShape));
        (Tensor input, Tensor weight) = (saved[0], saved[1]);
        bool normed = shape.Groups > 0;
        Tensor? shift = saved.Count > 5 ? saved[5] : null;
        Tensor gradient = grad_output.contiguous();
        Tensor? byInput = (bool)ctx.get_data("input") || normed ? empty_like(input) : null;
        Tensor? byShift = shift is null ? null : empty_like(shift);
        Tensor byParameters = Kernels.NormConvBackward(
            shape, input, shift, normed ? (saved[2], saved[3]) : null, weight, normed ? saved[4] : null, gradient,
            byInput, byShift);
        long channels = normed ? shape.Inputs : 0, weights = weight.NumberOfElements;
        return
        [
            byInput!, byParameters.narrow(0, 2 * channels, weights).view(weight.shape),
            byParameters.narrow(0, (2 * channels) + weights, shape.Outputs),
            normed ? byParameters.narrow(0, 0, channels) : null!,
            normed ? byParameters.narrow(0, channels, channels) : null!, byShift!, gradient, null!,
        ];
    }

    // The result and, of a norm, means and reciprocals of deviations, [2, N, g].
    private static (Tensor Output, Tensor? Moments) Forward(object[] vars)
    {
        (Tensor input, Tensor weight, Tensor bias) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2]);
        var shape = (NormConvShape)vars[7];
        bool normed = shape.Groups > 0;
        Tensor output = input.new_empty([shape.Images, shape.OutputHeight, shape.OutputWidth, shape.Outputs]);
        Tensor? moments = normed ? empty([2, shape.Images, shape.Groups], ScalarType.Float32) : null;
        Kernels.NormConv(
            shape, input, vars[5] as Tensor, normed ? ((Tensor)vars[3], (Tensor)vars[4]) : null, weight, bias,
            vars[6] as Tensor, output, moments);
        return (output, moments);
    }
}
