using Diffusion.Sdk.Numerics;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// What all blocks of a <see cref="MlpKernelPass"/> share: the layers, and the rows that timesteps and classes are
/// embedded by. The first layer is two, since it sees the point in float32 and the embedding as the others see theirs.
/// </summary>
internal sealed unsafe class MlpKernelNetwork : IDisposable
{
    private readonly MlpKernelLayer[] _packed;

    public MlpKernelNetwork(MlpDenoiser denoiser, int numTrainTimesteps, Tensor gradient, bool rounded)
    {
        MlpDenoiserConfig config = denoiser.Config;
        Rounded = rounded;
        Activation = MlpKernelRun.DenseActivationOf(config.Activation)!.Value;
        TimeTable = denoiser.TimeTable is { } learned
            ? MlpKernelTable.Learned(learned, numTrainTimesteps, gradient)
            : MlpKernelTable.Fixed(denoiser.ProjectTime(arange(0, numTrainTimesteps, 1, ScalarType.Int64)));
        ClassTable = denoiser.ClassTable is { } classes
            ? MlpKernelTable.Learned(classes, config.NumClassEmbeds!.Value, gradient)
            : null;
        Time = LayersOf(denoiser.TimeNetwork, TimeTable.IsLearned);
        Condition = LayersOf(denoiser.ConditionNetwork, inputsLearn: false);
        (Linear first, int point) = (denoiser.Layers[0], config.DataDimension);
        Point = new(first, gradient, rounded: false, inputs: point, inputsLearn: false);
        PointGradient = rounded ? new(first, gradient, rounded, inputs: point, inputsLearn: false) : Point;
        FirstEmbedding = new(first, gradient, rounded, point, config.TimeWidth, hasBias: false);
        Hidden = [.. denoiser.Layers.Skip(1).Select(layer => new MlpKernelLayer(layer, gradient, rounded))];
        _packed = [.. Time, .. Condition, Point, FirstEmbedding, .. Hidden];

        MlpKernelLayer[] LayersOf(TimestepEmbedding? network, bool inputsLearn) => network is null
            ? []
            : [new(network.First, gradient, rounded, inputsLearn: inputsLearn), new(network.Second, gradient, rounded)];
    }

    public bool Rounded { get; }

    public DenseActivation Activation { get; }

    /// <summary>The first step of every timestep's embedding.</summary>
    public MlpKernelTable TimeTable { get; }

    /// <summary>The embedding of every class; null where there are none.</summary>
    public MlpKernelTable? ClassTable { get; }

    /// <summary>The two layers behind the timesteps' rows, the activation between them; none without a network.</summary>
    public MlpKernelLayer[] Time { get; }

    /// <summary>The two layers that embed the numbers of a condition; none where there are no numbers.</summary>
    public MlpKernelLayer[] Condition { get; }

    /// <summary>The first layer's part for the point, with the bias, in float32.</summary>
    public MlpKernelLayer Point { get; }

    /// <summary>The same for its gradient.</summary>
    public MlpKernelLayer PointGradient { get; }

    /// <summary>The first layer's part for the embedding.</summary>
    public MlpKernelLayer FirstEmbedding { get; }

    /// <summary>The layers behind the first.</summary>
    public MlpKernelLayer[] Hidden { get; }

    /// <summary>Takes over the weights as they are now: one member's share.</summary>
    public void Pack(int member, int members)
    {
        for (int k = member; k < _packed.Length; k += members)
        {
            _packed[k].Pack();
        }
    }

    public void Dispose()
    {
        Array.ForEach(_packed, layer => layer.Dispose());
        PointGradient.Dispose();
        TimeTable.Dispose();
        ClassTable?.Dispose();
    }
}
