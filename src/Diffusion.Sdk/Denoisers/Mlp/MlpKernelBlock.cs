using Diffusion.Sdk.Numerics;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// Some rows of a batch on their way through the network and back, and what the way back needs to know. Shapes: R rows,
/// D dimensions of a point, E width of the time embedding, W width of a hidden layer, P parameters.
/// </summary>
internal sealed unsafe class MlpKernelBlock : IDisposable
{
    private readonly MlpKernelNetwork _network;
    private readonly List<NativeBuffer> _owned = [];
    private readonly long _rows;
    private readonly void* _sines; // [R, E]
    private readonly void* _inner; // [R, E], inside the time network
    private readonly void* _innerSlope;
    private readonly void* _embedded; // [R, E]
    private readonly void* _point; // [R, D], where a gradient needs it rounded
    private readonly float* _pointPart; // float32 [R, W]: what the point adds to the first layer's sums
    private readonly void*[] _hidden; // each [R, W]
    private readonly void*[] _slopes;
    private readonly void* _even; // [R, W]: gradients on their way down
    private readonly void* _odd;
    private readonly void* _byOutput; // [R, D]
    private readonly void* _scratch;

    /// <param name="network">The layers.</param>
    /// <param name="rows">R.</param>
    public MlpKernelBlock(MlpKernelNetwork network, long rows)
    {
        (_network, _rows) = (network, rows);
        (int dimensions, int embedding, int width) =
            (network.Point.Inputs, network.FirstTime.Inputs, network.FirstTime.Outputs);
        _sines = Rows(embedding);
        _inner = Rows(embedding);
        _innerSlope = Rows(embedding);
        _embedded = Rows(embedding);
        _point = Rows(dimensions);
        _pointPart = (float*)New(rows * width * sizeof(float));
        _hidden = new void*[network.Hidden.Length];
        _slopes = new void*[network.Hidden.Length];
        for (int k = 0; k < _hidden.Length; k++)
        {
            _hidden[k] = Rows(width);
            _slopes[k] = Rows(width);
        }
        int widest = Math.Max(width, embedding);
        _even = Rows(widest);
        _odd = Rows(widest);
        _byOutput = Rows(dimensions);
        int most = Math.Max(widest, dimensions);
        _scratch = New(DenseLayer.ScratchSize(network.Rounded, rows, most, most));
    }

    /// <summary>The network's output.</summary>
    /// <param name="sample">float32 [R, D].</param>
    /// <param name="timesteps">[R].</param>
    /// <param name="output">float32 [R, D]; receives it.</param>
    public void Forward(float* sample, long* timesteps, float* output)
    {
        DenseActivation f = _network.Activation;
        _network.CopySines(timesteps, _sines, _rows);
        _network.Time[0].Forward(_sines, null, _inner, _innerSlope, _rows, f);
        _network.Time[1].Forward(_inner, null, _embedded, null, _rows, DenseActivation.None);
        _network.Point.ForwardExact(sample, _pointPart, _rows);
        _network.FirstTime.Forward(_embedded, _pointPart, _hidden[0], _slopes[0], _rows, f);
        for (int k = 1; k < _hidden.Length; k++)
        {
            _network.Hidden[k - 1].Forward(_hidden[k - 1], null, _hidden[k], _slopes[k], _rows, f);
        }
        _network.Hidden[^1].ForwardExact(_hidden[^1], output, _rows);
    }

    /// <summary>Adds what the rows say about all weights.</summary>
    /// <param name="sample">As it was forward.</param>
    /// <param name="byOutput">The gradient of the loss by the output, float32 [R, D].</param>
    /// <param name="gradient">[P].</param>
    public void Backward(float* sample, float* byOutput, float* gradient)
    {
        void* point = Stored(sample, _point, _network.Point.Inputs);
        void* above = Stored(byOutput, _byOutput, _network.Hidden[^1].Outputs);
        void* below = _even;
        for (int k = _hidden.Length - 1; k >= 0; k--)
        {
            _network.Hidden[k].AddGradient(above, _hidden[k], gradient, _scratch, _rows);
            _network.Hidden[k].Backward(above, _slopes[k], below, _rows);
            above = below;
            below = above == _even ? _odd : _even;
        }
        _network.PointGradient.AddGradient(above, point, gradient, _scratch, _rows);
        _network.FirstTime.AddGradient(above, _embedded, gradient, _scratch, _rows);
        _network.FirstTime.Backward(above, null, below, _rows);
        _network.Time[1].AddGradient(below, _inner, gradient, _scratch, _rows);
        _network.Time[1].Backward(below, _innerSlope, above, _rows);
        _network.Time[0].AddGradient(above, _sines, gradient, _scratch, _rows);
    }

    public void Dispose() => _owned.ForEach(buffer => buffer.Dispose());

    // As a layer's input; in float32 that is what it is.
    private void* Stored(float* values, void* place, int columns)
    {
        if (!_network.Rounded)
        {
            return values;
        }
        DenseLayer.Store(rounded: true, values, place, _rows, columns);
        return place;
    }

    private void* Rows(int columns) => New(DenseLayer.RowsSize(_network.Rounded, _rows, columns));

    private void* New(long bytes)
    {
        _owned.Add(new NativeBuffer(bytes));
        return _owned[^1].Address;
    }
}
