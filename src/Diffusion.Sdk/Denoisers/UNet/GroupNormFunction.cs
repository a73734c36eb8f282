using Diffusion.Sdk.Numerics;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// A group norm and, if asked, SiLU by <see cref="Kernels"/>, with its gradients. Shapes: N batch, L pixels, C channels,
/// g groups.
/// </summary>
internal sealed class GroupNormFunction : autograd.SingleTensorFunction<GroupNormFunction>
{
    public override string Name => nameof(GroupNormFunction);

    /// <summary>silu(norm(input + shift)), recorded where gradients are.</summary>
    /// <param name="norm">The norm.</param>
    /// <param name="silu">Whether SiLU follows.</param>
    /// <param name="input">[N, L, C], contiguous.</param>
    /// <param name="shift">[N, C], or null for none.</param>
    /// <returns>[N, L, C]; the caller disposes it.</returns>
    public static Tensor Apply(TorchSharp.Modules.GroupNorm norm, bool silu, Tensor input, Tensor? shift)
    {
        if (is_grad_enabled())
        {
            object[] vars = [input, norm.weight!, norm.bias!, norm, silu];
            return apply(shift is null ? vars : [.. vars, shift]);
        }
        using var scope = NewDisposeScope();
        return Forward(norm, silu, input, shift).Output.MoveToOuterDisposeScope();
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (input, norm, silu) = ((Tensor)vars[0], (TorchSharp.Modules.GroupNorm)vars[3], (bool)vars[4]);
        Tensor? shift = vars.Length > 5 ? (Tensor)vars[5] : null;
        (Tensor output, Tensor mean, Tensor rstd) = Forward(norm, silu, input, shift);
        Tensor[] saved = [input, norm.weight!, norm.bias!, mean, rstd];
        ctx.save_for_backward(shift is null ? [.. saved] : [.. saved, shift]);
        ctx.save_data(nameof(silu), silu);
        return output;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        Tensor? shift = saved.Count > 5 ? saved[5] : null;
        (Tensor input, Tensor? byShift, Tensor weight, Tensor bias) = Kernels.GroupNormBackward(
            saved[0], shift, saved[1], saved[2], saved[3], saved[4], (bool)ctx.get_data("silu"),
            grad_output.contiguous());
        List<Tensor> gradients = [input, weight, bias, null!, null!]; // none by the norm and the flag
        return byShift is null ? gradients : [.. gradients, byShift];
    }

    private static (Tensor Output, Tensor Mean, Tensor Rstd) Forward(
        TorchSharp.Modules.GroupNorm norm, bool silu, Tensor input, Tensor? shift)
    {
        long[] groups = [input.size(0), norm.num_groups];
        Tensor output = empty_like(input);
        Tensor mean = empty(groups, ScalarType.Float32), rstd = empty(groups, ScalarType.Float32);
        Kernels.GroupNorm(
            input, shift?.contiguous(), norm.weight!, norm.bias!, norm.eps, silu, output, mean, rstd);
        return (output, mean, rstd);
    }
}
