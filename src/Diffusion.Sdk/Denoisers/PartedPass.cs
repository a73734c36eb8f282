using Diffusion.Sdk.Numerics;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// The pass of a denoiser that treats each sample on its own: parts of the batch go forward and backward on several
/// threads at once, libtorch deriving the backward, and their gradients are summed in the order of the parts.
/// </summary>
/// <param name="denoiser">The denoiser; its forward draws no random numbers.</param>
/// <param name="least">Samples that a part has at least.</param>
/// <param name="gradient">All gradients in one buffer, in the order of the trainable parameters.</param>
internal sealed class PartedPass(Denoiser denoiser, long least, Tensor gradient) : TrainingPass
{
    private readonly Tensor[] _parameters = [.. denoiser.parameters().Where(parameter => parameter.requires_grad)];
    private Tensor[] _outputs = []; // of the parts
    private Tensor? _output;

    public override Tensor Forward(Tensor sample, Tensor timesteps, Tensor? condition)
    {
        Free();
        using IDisposable withGradients = enable_grad();
        _outputs = new Tensor[BatchParts.Count(sample.size(0), least)];
        BatchParts.Run(sample.size(0), _outputs.Length, (part, first, count) => _outputs[part] = denoiser.call(
            sample.narrow(0, first, count), timesteps.narrow(0, first, count), condition?.narrow(0, first, count))
            .DetachFromDisposeScope());
        using IDisposable withoutGradients = no_grad();
        _output = cat(_outputs).DetachFromDisposeScope();
        return _output;
    }

    public override void Backward(Tensor outputGradient)
    {
        var gradients = new Tensor[_outputs.Length]; // [P] each
        BatchParts.Run(outputGradient.size(0), _outputs.Length, (part, first, count) =>
        {
            IList<Tensor> own = autograd.grad([_outputs[part]], _parameters, [outputGradient.narrow(0, first, count)]);
            using IDisposable withoutGradients = no_grad();
            gradients[part] = cat([.. own.Select(one => one.reshape(-1))]).DetachFromDisposeScope();
        });
        using IDisposable withoutGradients = no_grad();
        gradient.copy_(gradients[0]);
        foreach (Tensor other in gradients.Skip(1))
        {
            gradient.add_(other);
        }
        Array.ForEach(gradients, one => one.Dispose());
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Free();
        }
    }

    private void Free()
    {
        Array.ForEach(_outputs, output => output?.Dispose()); // a part that failed left none
        _output?.Dispose();
        (_outputs, _output) = ([], null);
    }
}
