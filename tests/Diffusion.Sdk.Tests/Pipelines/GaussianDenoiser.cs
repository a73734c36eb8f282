using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Pipelines;

/// <summary>
/// The exact noise in points of N(0, [[1, r], [r, 1]]): noised they are N(0, [[1, a r], [a r, 1]]) with a = alpha_bar.
/// </summary>
internal sealed class GaussianDenoiser : Denoiser
{
    private readonly double _correlation;
    private readonly Tensor _alphaBars; // [T]

    public GaussianDenoiser(Scheduler scheduler, double correlation)
        : base(nameof(GaussianDenoiser))
    {
        _correlation = correlation;
        _alphaBars = tensor(scheduler.AlphasCumprod.ToArray()).DetachFromDisposeScope();
    }

    public override IReadOnlyList<int> SampleShape => [2];

    public override string ToConfigJson() => "{}";

    public override Tensor forward(Tensor sample, Tensor timestep, Tensor? condition)
    {
        using var scope = NewDisposeScope();
        Tensor alphaBar = _alphaBars.index_select(0, timestep);
        Tensor shared = alphaBar * _correlation;
        Tensor x = sample.select(1, 0), y = sample.select(1, 1);
        Tensor factor = (1 - alphaBar).sqrt() / (1 - shared * shared);
        return stack([(x - shared * y) * factor, (y - shared * x) * factor], 1).MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        _alphaBars.Dispose();
        base.Dispose(disposing);
    }
}
