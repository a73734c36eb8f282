using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>A sampling run in bfloat16 for callers that give and take float32.</summary>
internal sealed class BFloat16Run : DenoiserRun
{
    private readonly BFloat16Copy _copy;
    private readonly DenoiserRun _run;
    private Tensor? _output;

    public BFloat16Run(Denoiser denoiser, IReadOnlyList<long> timesteps)
    {
        _copy = new BFloat16Copy(denoiser);
        try
        {
            _copy.Twin.eval();
            _run = _copy.Twin.BeginSampling(timesteps);
        }
        catch
        {
            _copy.Dispose();
            throw;
        }
    }

    public override Tensor Predict(int stepIndex, Tensor sample, Tensor? condition = null)
    {
        ArgumentNullException.ThrowIfNull(sample);
        _output?.Dispose();
        _output = null;
        using Tensor rounded = sample.to_type(ScalarType.BFloat16);
        // Embeddings meet rounded weights; labels, one number each, stay exact.
        using Tensor? embedding = condition?.is_floating_point() == true && condition.dim() > 1
            ? condition.to_type(ScalarType.BFloat16)
            : null;
        Tensor predicted = _run.Predict(stepIndex, rounded, embedding ?? condition);
        _output = predicted.to_type(ScalarType.Float32).DetachFromDisposeScope();
        return _output;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _output?.Dispose();
            _run.Dispose();
            _copy.Dispose();
        }
    }
}
