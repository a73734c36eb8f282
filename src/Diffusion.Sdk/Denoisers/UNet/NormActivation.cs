using Diffusion.Sdk.Numerics;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// A group norm and the activation behind it, or none. Shapes: N batch, C channels, L pixels, g groups, n images of a
/// chunk.
/// </summary>
internal static class NormActivation
{
    // Values of the images that go through all operators together, 1.5 MiB in float32: a core's second cache.
    private const long MostValues = 400_000;

    /// <summary>activation(norm(input + shift)).</summary>
    /// <param name="norm">The norm.</param>
    /// <param name="activation">The activation; null for none.</param>
    /// <param name="input">[N, C, H, W]; with a shift it may be overwritten.</param>
    /// <param name="shift">[N, C], or null for none.</param>
    /// <returns>[N, C, H, W] in the input's layout; belongs to the current scope.</returns>
    public static Tensor Apply(GroupNorm norm, Activation? activation, Tensor input, Tensor? shift = null)
    {
        if (Kernels.Serve(input))
        {
            return ByKernel(norm, activation, input, shift);
        }
        if (is_grad_enabled() || !ImageLayout.IsChannelsLast(input))
        {
            Tensor shifted = shift is null ? input : input.add_(shift.unsqueeze(2).unsqueeze(3));
            Tensor normed = norm.call(shifted);
            return activation?.ApplyOwned(normed) ?? normed;
        }
        using var scope = NewDisposeScope();
        long[] shape = input.shape; // libtorch's own norm is slow in this layout
        Tensor pixels = ImageLayout.ToPixels(input).flatten(1, 2); // [N, L, C]
        Tensor output = empty_like(pixels);
        long most = Math.Clamp(MostValues / (pixels.size(1) * pixels.size(2)), 1, shape[0]);
        for (long first = 0; first < shape[0]; first += most)
        {
            using var chunk = NewDisposeScope();
            long count = Math.Min(most, shape[0] - first);
            Fill(
                output.narrow(0, first, count), norm, activation, pixels.narrow(0, first, count),
                shift?.narrow(0, first, count));
        }
        return ImageLayout.FromPixels(output.view(shape[0], shape[2], shape[3], shape[1])).MoveToOuterDisposeScope();
    }

    private static Tensor ByKernel(GroupNorm norm, Activation? activation, Tensor input, Tensor? shift)
    {
        using var scope = NewDisposeScope();
        (long height, long width) = (input.size(2), input.size(3));
        Tensor pixels = ImageLayout.ToPixels(input).flatten(1, 2); // [N, L, C]
        bool silu = activation == Activation.Silu;
        Tensor output = ImageLayout.FromPixels(
            GroupNormFunction.Apply(norm, silu, pixels, shift).view(-1, height, width, input.size(1)));
        return (silu ? output : activation?.ApplyOwned(output) ?? output).MoveToOuterDisposeScope();
    }

    private static void Fill(Tensor output, GroupNorm norm, Activation? activation, Tensor input, Tensor? shift)
    {
        (Tensor scale, Tensor offset) = Affine(norm, input, shift);
        output.copy_(offset).addcmul_(input, scale, 1);
        activation?.ApplyInPlace(output);
    }

    // The norm as input * scale + offset, each [n, 1, C].
    private static (Tensor Scale, Tensor Offset) Affine(GroupNorm norm, Tensor input, Tensor? shift)
    {
        (long count, long length, long channels) = (input.size(0), input.size(1), input.size(2));
        long[] grouped = [count, norm.num_groups, channels / norm.num_groups];
        Tensor sums = input.sum(dim: 1); // [n, C]
        Tensor squares = input.square().sum(dim: 1);
        if (shift is not null)
        {
            squares.add_(sums.mul(2).add_(shift, length).mul_(shift)); // sum of (x + s)^2 = sum x^2 + s (2 sum x + L s)
            sums.add_(shift, length);
        }
        double values = length * grouped[2];
        Tensor mean = sums.view(grouped).sum(-1, keepdim: true).div_(values); // [n, g, 1]
        Tensor variance = squares.view(grouped).sum(-1, keepdim: true).div_(values).sub_(mean.square()).clamp_(min: 0);
        Tensor scale = variance.add_(norm.eps).rsqrt_().mul(norm.weight!.view(grouped[1], grouped[2])); // [n, g, C / g]
        Tensor centre = shift is null ? mean : mean.sub(shift.view(grouped));
        Tensor offset = norm.bias!.view(grouped[1], grouped[2]).sub(centre.mul(scale));
        return (scale.view(count, 1, channels), offset.view(count, 1, channels));
    }
}
