using Diffusion.Sdk.Numerics;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// What all blocks of a <see cref="MlpKernelPass"/> share: the layers, and the first step of every timestep's
/// embedding. The first layer is two, since it sees the point in float32 and the embedding as the others see theirs.
/// Shapes: T timesteps, E width of the time embedding.
/// </summary>
internal sealed unsafe class MlpKernelNetwork : IDisposable
{
    private readonly NativeBuffer _sines; // [T, E], each row as a layer's input
    private readonly long _sineBytes;

    public MlpKernelNetwork(MlpDenoiser denoiser, int numTrainTimesteps, Tensor gradient, bool rounded)
    {
        MlpDenoiserConfig config = denoiser.Config;
        Rounded = rounded;
        Activation = MlpKernelRun.DenseActivationOf(config.Activation)!.Value;
        (Linear inner, Linear outer) = denoiser.TimeLayers;
        Linear first = denoiser.Layers[0];
        Time = [new(inner, gradient, rounded), new(outer, gradient, rounded)];
        Point = new(first, gradient, rounded: false, inputs: config.DataDimension);
        PointGradient = rounded ? new(first, gradient, rounded, inputs: config.DataDimension) : Point;
        FirstTime = new(first, gradient, rounded, config.DataDimension, config.TimeWidth, hasBias: false);
        Hidden = [.. denoiser.Layers.Skip(1).Select(layer => new MlpKernelLayer(layer, gradient, rounded))];
        _sineBytes = DenseLayer.RowsSize(rounded, 1, config.TimeWidth) / (rounded ? 32 : 1);
        _sines = new NativeBuffer(DenseLayer.RowsSize(rounded, numTrainTimesteps, config.TimeWidth));
        using Tensor sines = denoiser.ProjectTime(arange(0, numTrainTimesteps, 1, ScalarType.Int64));
        DenseLayer.Store(rounded, Kernels.At<float>(sines), _sines.Address, numTrainTimesteps, config.TimeWidth);
    }

    public bool Rounded { get; }

    public DenseActivation Activation { get; }

    /// <summary>The two layers behind the sines, the activation between them.</summary>
    public MlpKernelLayer[] Time { get; }

    /// <summary>The first layer's part for the point, with the bias, in float32.</summary>
    public MlpKernelLayer Point { get; }

    /// <summary>The same for its gradient.</summary>
    public MlpKernelLayer PointGradient { get; }

    /// <summary>The first layer's part for the time embedding.</summary>
    public MlpKernelLayer FirstTime { get; }

    /// <summary>The layers behind the first.</summary>
    public MlpKernelLayer[] Hidden { get; }

    private IEnumerable<MlpKernelLayer> All => [.. Time, Point, FirstTime, .. Hidden];

    /// <summary>Takes over the weights as they are now: one member's share.</summary>
    public void Pack(int member, int members)
    {
        for (int k = member; k < Time.Length + 2 + Hidden.Length; k += members)
        {
            MlpKernelLayer layer = k switch
            {
                < 2 => Time[k],
                2 => Point,
                3 => FirstTime,
                _ => Hidden[k - 4],
            };
            layer.Pack();
        }
    }

    /// <summary>The sines of timesteps, [R, E], as a layer's input.</summary>
    public void CopySines(long* timesteps, void* sines, long rows)
    {
        for (long row = 0; row < rows; row++)
        {
            Buffer.MemoryCopy(
                (byte*)_sines.Address + timesteps[row] * _sineBytes, (byte*)sines + row * _sineBytes, _sineBytes,
                _sineBytes);
        }
    }

    public void Dispose()
    {
        foreach (MlpKernelLayer layer in All)
        {
            layer.Dispose();
        }
        PointGradient.Dispose();
        _sines.Dispose();
    }
}
