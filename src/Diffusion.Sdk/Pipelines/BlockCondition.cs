using Diffusion.Sdk.Denoisers;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Pipelines;

/// <summary>
/// Asks the denoiser for the classes of one block, with classifier-free guidance where it is wanted, or for the numbers
/// it is conditioned on. Shapes: B rows of the block, C channels.
/// </summary>
internal sealed class BlockCondition : IDisposable
{
    private readonly Tensor? _condition; // labels, int64 [B], or numbers, float32 [B, width]
    private readonly Tensor? _nothing; // int64 [B]
    private readonly double _scale;
    private Tensor? _conditional;

    /// <param name="classes">What the run asks for; null where there are no classes.</param>
    /// <param name="conditions">The numbers of a condition; null where there are none.</param>
    /// <param name="first">The block's first sample.</param>
    /// <param name="rows">B.</param>
    /// <param name="device">Where the denoiser is.</param>
    public BlockCondition(
        ClassCondition? classes, GivenConditions? conditions, int first, int rows, Device device)
    {
        _condition = conditions?.Rows(first, rows, device);
        if (classes is null)
        {
            return;
        }
        _condition = tensor(classes.Of(first, rows), device: device).DetachFromDisposeScope();
        if (classes.IsGuided)
        {
            _scale = classes.Scale;
            _nothing = full([rows], classes.NullLabel!.Value, ScalarType.Int64, device).DetachFromDisposeScope();
        }
    }

    /// <summary>The output for the block's classes: u + scale (c - u). Ho and Salimans 2022, eq. 6.</summary>
    /// <param name="model">The denoiser's run, which owns the result.</param>
    /// <param name="index">The step.</param>
    /// <param name="input">x_t, [B, ...].</param>
    public Tensor Predict(DenoiserRun model, int index, Tensor input)
    {
        Tensor output = model.Predict(index, input, _condition);
        if (_nothing is null)
        {
            return output;
        }
        // The run's output holds until the next call.
        Tensor conditional = _conditional ??= empty_like(output).DetachFromDisposeScope();
        conditional.copy_(output);
        Tensor unconditional = model.Predict(index, input, _nothing);
        using var scope = NewDisposeScope();
        long channels = input.shape[1];
        long rest = unconditional.shape[1] - channels;
        if (rest == 0)
        {
            Guide(unconditional, conditional);
            return unconditional;
        }
        // A learned variance, in the channels behind, is that of the class: guidance is about the mean.
        Guide(unconditional.narrow(1, 0, channels), conditional.narrow(1, 0, channels));
        unconditional.narrow(1, channels, rest).copy_(conditional.narrow(1, channels, rest));
        return unconditional;
    }

    public void Dispose()
    {
        _condition?.Dispose();
        _nothing?.Dispose();
        _conditional?.Dispose();
    }

    // u += scale (c - u); c is overwritten.
    private void Guide(Tensor unconditional, Tensor conditional) =>
        unconditional.add_(conditional.sub_(unconditional), (Scalar)_scale);
}
