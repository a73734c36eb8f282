using Diffusion.Sdk.Numerics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// <see cref="MlpRun"/> by the native kernels: a few rows at a time through all layers, no tensors and no memory from
/// step to step. A row's result does not depend on the rows beside it. In bfloat16 the point, the first layer, sums and
/// activations stay float32. Shapes: N batch, D dimensions, W width, S steps, K classes, R rows of a block.
/// </summary>
internal sealed unsafe class MlpKernelRun : DenoiserRun
{
    private const int BlockRows = 128; // so that two layers' results stay in the second cache

    private readonly MlpDenoiser _denoiser;
    private readonly bool _rounded;
    private readonly int _steps;
    private readonly DenseActivation _activation;
    private readonly Tensor _firstRows; // [S, W]: what the first layer adds at each step
    private readonly Tensor? _classRows; // [K, W]: and for each class
    private readonly Tensor[] _biases; // of the layers behind the first
    private readonly NativeBuffer _pointWeight; // the part of the first layer that sees the point, float32
    private readonly DenseLayer[] _layers; // those behind the first
    private readonly NativeBuffer _even; // [R, W]
    private readonly NativeBuffer _odd;
    private Tensor? _output; // [N, D], or [N, 2 D]

    public MlpKernelRun(MlpDenoiser denoiser, IReadOnlyList<long> timesteps, bool rounded)
    {
        if (timesteps.Count == 0)
        {
            throw new ArgumentException("A run needs at least one timestep.", nameof(timesteps));
        }
        (_denoiser, _rounded, _steps) = (denoiser, rounded, timesteps.Count);
        MlpDenoiserConfig config = denoiser.Config;
        _activation = DenseActivationOf(config.Activation)!.Value;
        (int dimensions, int width) = (config.DataDimension, config.Width);
        using IDisposable withoutGradients = no_grad();
        using var scope = NewDisposeScope();
        IReadOnlyList<Linear> layers = denoiser.Layers;
        (_firstRows, _classRows) = MlpRun.FirstRows(denoiser, timesteps);
        _pointWeight = PackedPoint(layers[0], dimensions, rounded);
        _biases = [.. layers.Skip(1).Select(layer => layer.bias!.detach().DetachFromDisposeScope())];
        _layers = [.. layers.Skip(1).Select(layer => Packed(layer, rounded))];
        _even = new NativeBuffer(DenseLayer.RowsSize(rounded, BlockRows, width));
        _odd = new NativeBuffer(DenseLayer.RowsSize(rounded, BlockRows, width));
    }

    /// <summary>The kernels' name of an activation; null where they have none.</summary>
    public static DenseActivation? DenseActivationOf(Activation activation) => activation switch
    {
        Activation.Silu => DenseActivation.Silu,
        Activation.Relu => DenseActivation.Relu,
        _ => null,
    };

    internal override bool MakesTensors => false;

    public override Tensor Predict(int stepIndex, Tensor sample, Tensor? condition = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(stepIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(stepIndex, _steps);
        _denoiser.CheckSample(sample);
        long count = sample.size(0);
        if (sample.dtype != ScalarType.Float32 || sample.device_type != DeviceType.CPU)
        {
            throw new ArgumentException(
                $"The sample is {sample.dtype} on {sample.device}; expected Float32 in main memory, as the weights.",
                nameof(sample));
        }
        _denoiser.CheckCondition(condition, count);
        if (_output?.size(0) != count)
        {
            _output?.Dispose();
            _output = empty([count, _denoiser.Config.OutputWidth]).DetachFromDisposeScope();
        }
        using Tensor? dense = sample.is_contiguous() ? null : sample.contiguous();
        using Tensor? denseLabels = condition?.is_contiguous() == false ? condition.contiguous() : null;
        float* point = Kernels.At<float>(dense ?? sample);
        float* output = Kernels.At<float>(_output);
        if (condition is not null)
        {
            _denoiser.CheckLabelRange(denseLabels ?? condition);
        }
        long* labels = Kernels.At<long>(denseLabels ?? condition);
        (int dimensions, int outputs) = (_denoiser.Config.DataDimension, _denoiser.Config.OutputWidth);
        for (long start = 0; start < count; start += BlockRows)
        {
            long rows = Math.Min(BlockRows, count - start);
            Run(
                stepIndex, point + start * dimensions, labels is null ? null : labels + start,
                output + start * outputs, rows);
        }
        GC.KeepAlive(sample); // only its memory was used above
        GC.KeepAlive(condition);
        return _output;
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
        {
            return;
        }
        _firstRows.Dispose();
        _classRows?.Dispose();
        _output?.Dispose();
        Array.ForEach(_biases, bias => bias.Dispose());
        Array.ForEach(_layers, layer => layer.Dispose());
        _pointWeight.Dispose();
        _even.Dispose();
        _odd.Dispose();
    }

    private void Run(int step, float* point, long* labels, float* output, long rows)
    {
        (int dimensions, int width) = (_denoiser.Config.DataDimension, _denoiser.Config.Width);
        // [x, e(t), c] W^T + b: what depends on the timestep or the class alone is a row of its own.
        float* bias = Kernels.At<float>(_firstRows, step), classRows = Kernels.At<float>(_classRows);
        if (_rounded)
        {
            KernelLibrary.DenseFirstBF16(
                point, dimensions, _pointWeight.Floats, bias, classRows, labels, (ushort*)_even.Address, rows,
                dimensions, width, (int)_activation);
        }
        else
        {
            KernelLibrary.DenseForward(
                point, dimensions, _pointWeight.Floats, bias, classRows, labels, _even.Floats, null, rows, dimensions,
                width, (int)_activation);
        }
        void* current = _even.Address;
        void* next = _odd.Address;
        for (int k = 0; k < _layers.Length - 1; k++)
        {
            _layers[k].Forward(current, Kernels.At<float>(_biases[k]), null, next, null, rows, _activation);
            void* done = current;
            current = next;
            next = done;
        }
        _layers[^1].ForwardExact(current, Kernels.At<float>(_biases[^1]), output, rows);
    }

    // The first layer's weight for the point, as its kernel wants it.
    private static NativeBuffer PackedPoint(Linear layer, int dimensions, bool rounded)
    {
        float* weight = Kernels.At<float>(layer.weight); // [W, D + E]
        (long stride, long width) = (layer.in_features, layer.out_features);
        long filled = KernelLibrary.DensePacked(1, width); // columns, and zeros behind the last
        var packed = new NativeBuffer(dimensions * filled * sizeof(float));
        if (!rounded)
        {
            KernelLibrary.DensePack(weight, 1, stride, packed.Floats, dimensions, width);
            return packed;
        }
        for (long n = 0; n < width; n++)
        {
            for (long d = 0; d < dimensions; d++)
            {
                packed.Floats[d * filled + n] = weight[n * stride + d];
            }
        }
        return packed;
    }

    private static DenseLayer Packed(Linear layer, bool rounded)
    {
        var packed = new DenseLayer((int)layer.in_features, (int)layer.out_features, rounded);
        packed.Pack(Kernels.At<float>(layer.weight), layer.in_features);
        return packed;
    }
}
