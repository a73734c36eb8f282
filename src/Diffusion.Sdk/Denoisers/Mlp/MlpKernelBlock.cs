using Diffusion.Sdk.Numerics;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// Some rows of a batch on their way through the network and back, and what the way back needs to know. Shapes: R rows,
/// D dimensions of a point, O outputs, E width of the embedding, W width of a hidden layer, C numbers of a condition,
/// P parameters.
/// </summary>
internal sealed unsafe class MlpKernelBlock : IDisposable
{
    private readonly MlpKernelNetwork _network;
    private readonly MlpKernelMemory _memory;
    private readonly MlpKernelEmbedding _embedding;
    private readonly void* _point; // [R, D], where a gradient needs it rounded
    private readonly float* _pointPart; // float32 [R, W]: what the point adds to the first layer's sums
    private readonly void*[] _hidden; // each [R, W]
    private readonly void*[] _slopes;
    private readonly void* _even; // [R, W]: gradients on their way down
    private readonly void* _odd;
    private readonly void* _byOutput; // [R, O]
    private readonly void* _scratch;
    private float* _sample; // float32 [R, D], as it was forward
    private void* _embedded; // [R, E]

    /// <param name="network">The layers.</param>
    /// <param name="rows">R.</param>
    public MlpKernelBlock(MlpKernelNetwork network, long rows)
    {
        _network = network;
        _memory = new MlpKernelMemory(network.Rounded, rows);
        _embedding = new MlpKernelEmbedding(network, _memory);
        (int dimensions, int embedding) = (network.Point.Inputs, network.FirstEmbedding.Inputs);
        (int width, int outputs) = (network.FirstEmbedding.Outputs, network.Hidden[^1].Outputs);
        _point = _memory.Matrix(dimensions);
        _pointPart = _memory.Floats(width);
        _hidden = new void*[network.Hidden.Length];
        _slopes = new void*[network.Hidden.Length];
        for (int k = 0; k < _hidden.Length; k++)
        {
            _hidden[k] = _memory.Matrix(width);
            _slopes[k] = _memory.Matrix(width);
        }
        int widest = Math.Max(width, embedding);
        _even = _memory.Matrix(widest);
        _odd = _memory.Matrix(widest);
        _byOutput = _memory.Matrix(outputs);
        int inputs = network.Condition is [var first, _] ? first.Inputs : 0;
        int most = Math.Max(Math.Max(widest, inputs), Math.Max(dimensions, outputs));
        _scratch = _memory.Bytes(DenseLayer.ScratchSize(network.Rounded, rows, most, most));
    }

    /// <summary>The network's output. What is given stays in place until the way back.</summary>
    /// <param name="sample">float32 [R, D].</param>
    /// <param name="timesteps">[R].</param>
    /// <param name="condition">Labels [R], or numbers, float32 [R, C]; null for none.</param>
    /// <param name="output">float32 [R, O]; receives it.</param>
    public void Forward(float* sample, long* timesteps, void* condition, float* output)
    {
        (DenseActivation f, long rows) = (_network.Activation, _memory.Rows);
        _sample = sample;
        _embedded = _embedding.Forward(timesteps, condition);
        _network.Point.ForwardExact(sample, _pointPart, rows);
        _network.FirstEmbedding.Forward(_embedded, _pointPart, _hidden[0], _slopes[0], rows, f);
        for (int k = 1; k < _hidden.Length; k++)
        {
            _network.Hidden[k - 1].Forward(_hidden[k - 1], null, _hidden[k], _slopes[k], rows, f);
        }
        _network.Hidden[^1].ForwardExact(_hidden[^1], output, rows);
    }

    /// <summary>Adds what the rows say about all weights.</summary>
    /// <param name="byOutput">The gradient of the loss by the output, float32 [R, O].</param>
    /// <param name="gradient">[P].</param>
    public void Backward(float* byOutput, float* gradient)
    {
        long rows = _memory.Rows;
        void* point = _memory.Stored(_sample, _point, _network.Point.Inputs);
        void* above = _memory.Stored(byOutput, _byOutput, _network.Hidden[^1].Outputs);
        void* below = _even;
        for (int k = _hidden.Length - 1; k >= 0; k--)
        {
            _network.Hidden[k].AddGradient(above, _hidden[k], gradient, _scratch, rows);
            _network.Hidden[k].Backward(above, _slopes[k], below, rows);
            above = below;
            below = above == _even ? _odd : _even;
        }
        _network.PointGradient.AddGradient(above, point, gradient, _scratch, rows);
        _network.FirstEmbedding.AddGradient(above, _embedded, gradient, _scratch, rows);
        _network.FirstEmbedding.Backward(above, null, below, rows);
        _embedding.Backward(below, above, gradient, _scratch);
    }

    public void Dispose() => _memory.Dispose();
}
