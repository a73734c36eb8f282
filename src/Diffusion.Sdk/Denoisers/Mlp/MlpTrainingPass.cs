using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// Forward and backward of <see cref="MlpDenoiser"/> written out, for SiLU and a sinusoidal time embedding: buffers
/// that stay in the cache from step to step, gradients written where they belong, no graph. The gradients are
/// autograd's up to rounding. Shapes: N batch, D dimensions of a point, E width of the time embedding, W width of a
/// hidden layer.
/// </summary>
internal sealed class MlpTrainingPass : TrainingPass
{
    private readonly List<Tensor> _owned = [];
    private readonly Tensor _timeTable; // [T, E]: the sines and cosines of every timestep
    private readonly Tensor _sines; // [N, E]
    private readonly Tensor _input; // [N, D + E]: the point, then its time embedding
    private readonly Tensor _point; // view of the first D columns
    private readonly Tensor _timeWeight; // [W, E], the part of the first layer that sees the time
    private readonly Tensor _wide; // [N, W], gradients by outputs of hidden layers
    private readonly Tensor _narrow; // [N, E], those by the time embedding and inside its network
    private readonly MlpStage[] _time;
    private readonly MlpStage[] _layers;

    public MlpTrainingPass(MlpDenoiser denoiser, int batchSize, int numTrainTimesteps)
    {
        using var scope = NewDisposeScope();
        using IDisposable withoutGradients = no_grad();
        MlpDenoiserConfig config = denoiser.Config;
        (Device device, ScalarType type) = (denoiser.Layers[0].weight.device, denoiser.Layers[0].weight.dtype);
        _timeTable = Own(denoiser.ProjectTime(arange(0, numTrainTimesteps, 1, ScalarType.Int64, device)));
        _sines = Buffer(config.TimeWidth);
        _input = Buffer(config.DataDimension + config.TimeWidth);
        _point = Own(_input.narrow(1, 0, config.DataDimension));
        Tensor embedded = Own(_input.narrow(1, config.DataDimension, config.TimeWidth));
        _wide = Buffer(config.Width);
        _narrow = Buffer(config.TimeWidth);
        TimestepEmbedding network = denoiser.TimeNetwork!;
        var inner = new MlpStage(network.First, _sines, activates: true);
        _time = [inner, new MlpStage(network.Second, inner.Output, activates: false, embedded)];
        _layers = Stages(denoiser.Layers, _input);
        _timeWeight = Own(_layers[0].Weight.narrow(1, config.DataDimension, config.TimeWidth));

        Tensor Buffer(long width) => Own(empty([batchSize, width], type, device));
    }

    /// <summary>Whether the ways forward and back that are written out here are those of a denoiser.</summary>
    public static bool Serves(MlpDenoiserConfig config) => config is
    {
        Activation: Activation.Silu, TimeEmbedding: TimeEmbeddingKind.Sinusoidal, TimeNetwork: true,
        NumClassEmbeds: null, ConditionWidth: null, LearnsVariance: false,
    };

    public override Tensor Forward(Tensor sample, Tensor timesteps, Tensor? condition)
    {
        using (Tensor rows = _timeTable.index_select(0, timesteps))
        {
            _sines.copy_(rows);
        }
        _point.copy_(sample);
        Array.ForEach(_time, stage => stage.Forward());
        Array.ForEach(_layers, stage => stage.Forward());
        return _layers[^1].Output;
    }

    public override void Backward(Tensor gradient)
    {
        Tensor below = gradient;
        for (int k = _layers.Length - 1; k >= 0; k--)
        {
            Tensor byLinear = _layers[k].Backward(below);
            below = k > 0
                ? _wide.addmm_(byLinear, _layers[k].Weight, beta: 0)
                : _narrow.addmm_(byLinear, _timeWeight, beta: 0); // the point itself needs no gradient
        }
        _time[1].Backward(_narrow);
        using Tensor byInner = _narrow.mm(_time[1].Weight);
        _time[0].Backward(byInner);
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
        {
            return;
        }
        Array.ForEach(_time, stage => stage.Dispose());
        Array.ForEach(_layers, stage => stage.Dispose());
        _owned.ForEach(tensor => tensor.Dispose());
    }

    private static MlpStage[] Stages(IReadOnlyList<Linear> layers, Tensor input)
    {
        var stages = new MlpStage[layers.Count];
        for (int k = 0; k < stages.Length; k++)
        {
            stages[k] = new MlpStage(
                layers[k], k == 0 ? input : stages[k - 1].Output, activates: k < stages.Length - 1);
        }
        return stages;
    }

    private Tensor Own(Tensor tensor)
    {
        _owned.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }
}
