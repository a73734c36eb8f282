using Diffusion.Sdk.Numerics;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// What the first layer of a <see cref="MlpKernelBlock"/> sees besides the point: the embedding of the timesteps, and of
/// what the rows are conditioned on; and the way back. Shapes: R rows, E width of the embedding, C numbers of a
/// condition.
/// </summary>
internal sealed unsafe class MlpKernelEmbedding
{
    private readonly MlpKernelNetwork _network;
    private readonly MlpKernelMemory _memory;
    private readonly int _width;
    private readonly float* _byTime; // float32 [R, E]: the timesteps' rows; without a time network the sum as well
    private readonly float* _byCondition; // float32 [R, E]: the embedding of the condition
    private readonly void* _sum; // [R, E]
    private readonly TwoLayers? _time;
    private readonly TwoLayers? _condition;
    private long* _timesteps; // [R], as they were forward
    private long* _labels; // [R]

    public MlpKernelEmbedding(MlpKernelNetwork network, MlpKernelMemory memory)
    {
        (_network, _memory, _width) = (network, memory, network.FirstEmbedding.Inputs);
        _byTime = memory.Floats(_width);
        _byCondition = memory.Floats(_width);
        _sum = memory.Matrix(_width);
        _time = network.Time is [] ? null : new(network.Time, memory);
        _condition = network.Condition is [] ? null : new(network.Condition, memory);
    }

    /// <summary>The embedding.</summary>
    /// <param name="timesteps">[R]; they stay in place until the way back.</param>
    /// <param name="condition">Labels [R], or numbers, float32 [R, C]; null for none. They stay in place too.</param>
    /// <returns>[R, E].</returns>
    public void* Forward(long* timesteps, void* condition)
    {
        (DenseActivation f, long rows) = (_network.Activation, _memory.Rows);
        _timesteps = timesteps;
        _labels = (long*)condition;
        float* byCondition = condition is null ? null : _byCondition;
        _network.ClassTable?.Copy(_labels, byCondition, rows);
        _condition?.ForwardExact((float*)condition, byCondition, f);
        _network.TimeTable.Copy(timesteps, _byTime, rows);
        if (_time is not null)
        {
            _time.Forward(_byTime, byCondition, _sum, f);
            return _sum;
        }
        if (byCondition is not null)
        {
            KernelLibrary.Combine(_byTime, 1, byCondition, 1, null, 0, rows * _width);
        }
        return _memory.Stored(_byTime, _sum, _width);
    }

    /// <summary>Adds what the rows say about the weights behind the embedding.</summary>
    /// <param name="byEmbedding">The gradient by the embedding, [R, E]; gone afterwards.</param>
    /// <param name="spare">[R, E], for what is between.</param>
    /// <param name="gradient">All gradients.</param>
    /// <param name="scratch">As <see cref="MlpKernelLayer.AddGradient"/> needs it.</param>
    public void Backward(void* byEmbedding, void* spare, float* gradient, void* scratch)
    {
        (bool rounded, long rows) = (_memory.Rounded, _memory.Rows);
        // The condition first: the time's own gradient takes the place of the embedding's.
        _network.ClassTable?.AddGradient(rounded, byEmbedding, _labels, gradient, rows);
        _condition?.Backward(byEmbedding, spare, gradient, scratch);
        _time?.Backward(byEmbedding, spare, gradient, scratch);
        if (_time is not null && _network.TimeTable.IsLearned)
        {
            _network.Time[0].Backward(spare, null, byEmbedding, rows);
        }
        _network.TimeTable.AddGradient(rounded, byEmbedding, _timesteps, gradient, rows);
    }

    /// <summary>A <see cref="TimestepEmbedding"/>: linear, activation, linear. Shapes: I inputs.</summary>
    private sealed class TwoLayers(MlpKernelLayer[] layers, MlpKernelMemory memory)
    {
        private readonly void* _place = memory.Matrix(layers[0].Inputs);
        private readonly void* _inner = memory.Matrix(layers[0].Outputs); // [R, E]
        private readonly void* _slope = memory.Matrix(layers[0].Outputs); // [R, E]
        private void* _input; // [R, I]

        /// <summary>The output plus what is added, [R, E].</summary>
        public void Forward(float* input, float* added, void* output, DenseActivation f)
        {
            ForwardFirst(input, f);
            layers[1].Forward(_inner, added, output, null, memory.Rows, DenseActivation.None);
        }

        /// <summary>The output, float32 [R, E].</summary>
        public void ForwardExact(float* input, float* output, DenseActivation f)
        {
            ForwardFirst(input, f);
            layers[1].ForwardExact(_inner, output, memory.Rows);
        }

        /// <summary>Adds the layers' gradients; leaves that by the first one's sums in <paramref name="spare"/>.</summary>
        public void Backward(void* byOutput, void* spare, float* gradient, void* scratch)
        {
            layers[1].AddGradient(byOutput, _inner, gradient, scratch, memory.Rows);
            layers[1].Backward(byOutput, _slope, spare, memory.Rows);
            layers[0].AddGradient(spare, _input, gradient, scratch, memory.Rows);
        }

        private void ForwardFirst(float* input, DenseActivation f)
        {
            _input = memory.Stored(input, _place, layers[0].Inputs);
            layers[0].Forward(_input, null, _inner, _slope, memory.Rows, f);
        }
    }
}
