using Diffusion.Sdk.Denoisers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Training;

/// <summary>
/// Forward and backward in bfloat16: each step the float32 weights are rounded into a twin, and the twin's gradients
/// become those of the float32 weights. Micikevicius et al. 2017 (arXiv:1710.03740), section 3.1; bfloat16 has the range
/// of float32, so the loss needs no scaling.
/// </summary>
internal sealed class BFloat16Pass : TrainingPass
{
    private readonly FlatParameters _own;
    private readonly BFloat16Copy _copy;
    private readonly FlatParameters _rounded;
    private readonly TrainingPass _pass;
    private Tensor? _output;

    /// <param name="denoiser">The denoiser, float32.</param>
    /// <param name="own">Its weights and gradients.</param>
    /// <param name="batchSize">N.</param>
    /// <param name="numTrainTimesteps">T.</param>
    public BFloat16Pass(Denoiser denoiser, FlatParameters own, int batchSize, int numTrainTimesteps)
    {
        _own = own;
        _copy = new BFloat16Copy(denoiser);
        _rounded = new FlatParameters(_copy.Twin);
        _pass = _copy.Twin.BeginTraining(batchSize, numTrainTimesteps, _rounded.Gradient);
    }

    public override Tensor Forward(Tensor sample, Tensor timesteps, Tensor? condition)
    {
        _output?.Dispose();
        _output = null;
        using IDisposable withoutGradients = no_grad();
        _rounded.Values.copy_(_own.Values);
        using Tensor rounded = sample.to_type(ScalarType.BFloat16);
        Tensor output = _pass.Forward(rounded, timesteps, condition).detach();
        _output = output.to_type(ScalarType.Float32).DetachFromDisposeScope();
        output.Dispose();
        return _output;
    }

    public override void Backward(Tensor gradient)
    {
        using Tensor rounded = gradient.to_type(ScalarType.BFloat16);
        _pass.Backward(rounded);
        using IDisposable withoutGradients = no_grad();
        _own.Gradient.copy_(_rounded.Gradient);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _output?.Dispose();
            _pass.Dispose();
            _rounded.Dispose();
            _copy.Dispose();
        }
    }
}
