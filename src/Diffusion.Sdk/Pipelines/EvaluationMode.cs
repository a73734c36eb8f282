using System.Runtime.CompilerServices;
using Diffusion.Sdk.Denoisers;

namespace Diffusion.Sdk.Pipelines;

/// <summary>
/// Keeps a denoiser in evaluation mode (no dropout) while any run uses it. One that was in training mode returns to it
/// after the last run, so that a preview between training steps changes nothing.
/// </summary>
internal sealed class EvaluationMode
{
    private static readonly ConditionalWeakTable<Denoiser, EvaluationMode> s_modes = [];

    private readonly Lock _gate = new();
    private int _runs;
    private bool _wasTraining;

    /// <summary>Begins a run; disposing the result ends it.</summary>
    public static IDisposable Of(Denoiser denoiser) =>
        s_modes.GetValue(denoiser, _ => new EvaluationMode()).Enter(denoiser);

    private Lease Enter(Denoiser denoiser)
    {
        lock (_gate)
        {
            if (_runs++ == 0)
            {
                _wasTraining = denoiser.training;
                if (_wasTraining)
                {
                    denoiser.eval();
                }
            }
        }
        return new Lease(this, denoiser);
    }

    private void Leave(Denoiser denoiser)
    {
        lock (_gate)
        {
            if (--_runs == 0 && _wasTraining)
            {
                denoiser.train();
            }
        }
    }

    private sealed class Lease(EvaluationMode mode, Denoiser denoiser) : IDisposable
    {
        public void Dispose() => mode.Leave(denoiser);
    }
}
