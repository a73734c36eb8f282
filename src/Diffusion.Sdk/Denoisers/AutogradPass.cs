using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>The pass of any denoiser: libtorch records the forward and derives the backward.</summary>
/// <param name="denoiser">The denoiser.</param>
/// <param name="gradient">All gradients in one buffer, of which those of the parameters are views.</param>
internal sealed class AutogradPass(Denoiser denoiser, Tensor gradient) : TrainingPass
{
    private Tensor? _output;

    public override Tensor Forward(Tensor sample, Tensor timesteps, Tensor? condition)
    {
        _output?.Dispose();
        _output = null;
        using IDisposable withGradients = enable_grad();
        _output = denoiser.call(sample, timesteps, condition).DetachFromDisposeScope();
        return _output;
    }

    public override void Backward(Tensor outputGradient)
    {
        gradient.zero_(); // backward adds to gradients that are there
        _output!.backward([outputGradient]);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _output?.Dispose();
        }
    }
}
