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
    private readonly MlpKernelLayer[] _all;

    public MlpKernelNetwork(MlpDenoiser denoiser, int numTrainTimesteps, Tensor gradient, bool rounded)
    {
        MlpDenoiserConfig config = denoiser.Config;
        Rounded = rounded;
        Activation = MlpKernelRun.DenseActivationOf(config.Activation)!.Value;
        Timesteps = denoiser.TimeTable is { } table
            ? MlpKernelTable.Learned(table, gradient)
            : MlpKernelTable.Fixed(denoiser.ProjectTime(arange(0, numTrainTimesteps, 1, ScalarType.Int64)));
        Classes = denoiser.ClassTable is { } classes ? MlpKernelTable.Learned(classes, gradient) : null;
        Time = TwoLayers(denoiser.TimeNetwork);
        Condition = TwoLayers(denoiser.ConditionNetwork);
        Linear first = denoiser.Layers[0];
        Point = new(first, gradient, rounded: false, inputs: config.DataDimension);
        PointGradient = rounded ? new(first, gradient, rounded, inputs: config.DataDimension) : Point;
        FirstTime = new(first, gradient, rounded, config.DataDimension, config.TimeWidth, hasBias: false);
        Hidden = [.. denoiser.Layers.Skip(1).Select(layer => new MlpKernelLayer(layer, gradient, rounded))];
        _all = [.. Time, .. Condition, Point, FirstTime, .. Hidden];

        MlpKernelLayer[] TwoLayers(TimestepEmbedding? network) => network is null
            ? []
            : [new(network.First, gradient, rounded), new(network.Second, gradient, rounded)];
    }

    public bool Rounded { get; }

    public DenseActivation Activation { get; }

    /// <summary>The first step of every timestep's embedding.</summary>
    public MlpKernelTable Timesteps { get; }

    /// <summary>The embedding of every class; null where there are none.</summary>
    public MlpKernelTable? Classes { get; }

    /// <summary>The two layers behind the timesteps' rows, the activation between them; none without a network.</summary>
    public MlpKernelLayer[] Time { get; }

    /// <summary>The two layers that embed the numbers of a condition; none where there are no numbers.</summary>
    public MlpKernelLayer[] Condition { get; }

    /// <summary>The first layer's part for the point, with the bias, in float32.</summary>
    public MlpKernelLayer Point { get; }

    /// <summary>The same for its gradient.</summary>
    public MlpKernelLayer PointGradient { get; }

    /// <summary>The first layer's part for the embedding.</summary>
    public MlpKernelLayer FirstTime { get; }

    /// <summary>The layers behind the first.</summary>
    public MlpKernelLayer[] Hidden { get; }

    /// <summary>Takes over the weights as they are now: one member's share.</summary>
    public void Pack(int member, int members)
    {
        for (int k = member; k < _all.Length; k += members)
        {
            _all[k].Pack();
        }
    }

    public void Dispose()
    {
        Array.ForEach(_all, layer => layer.Dispose());
        PointGradient.Dispose();
        Timesteps.Dispose();
        Classes?.Dispose();
    }
}
