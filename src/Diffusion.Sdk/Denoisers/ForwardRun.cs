using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>The run of a denoiser that has nothing to prepare: every step calls forward.</summary>
internal sealed class ForwardRun : DenoiserRun
{
    private readonly Denoiser _denoiser;
    private readonly long[] _timesteps;
    private Tensor? _output;

    public ForwardRun(Denoiser denoiser, IReadOnlyList<long> timesteps)
    {
        ArgumentNullException.ThrowIfNull(timesteps);
        if (timesteps.Count == 0)
        {
            throw new ArgumentException("A run needs at least one timestep.", nameof(timesteps));
        }
        (_denoiser, _timesteps) = (denoiser, [.. timesteps]);
    }

    public override Tensor Predict(int stepIndex, Tensor sample, Tensor? condition = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(stepIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(stepIndex, _timesteps.Length);
        ArgumentNullException.ThrowIfNull(sample);
        _output?.Dispose();
        _output = null;
        using IDisposable withoutGradients = no_grad();
        using var scope = NewDisposeScope();
        Tensor timesteps = full([sample.size(0)], _timesteps[stepIndex], ScalarType.Int64, sample.device);
        _output = _denoiser.call(sample, timesteps, condition).DetachFromDisposeScope();
        return _output;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _output?.Dispose();
        }
    }
}
