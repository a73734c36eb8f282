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
    private readonly float* _projected; // float32 [R, E]: the timesteps' rows of their table
    private readonly float* _added; // float32 [R, E]: the embedding of the condition
    private readonly void* _sum; // [R, E]
    private readonly TwoLayers? _time;
    private readonly TwoLayers? _condition;

    public MlpKernelEmbedding(MlpKernelNetwork network, MlpKernelMemory memory)
    {
        (_network, _memory, _width) = (network, memory, network.FirstTime.Inputs);
        _projected = memory.Floats(_width);
        _added = memory.Floats(_width);
        _sum = memory.Matrix(_width);
        _time = network.Time is [] ? null : new(network.Time, memory);
        _condition = network.Condition is [] ? null : new(network.Condition, memory);
    }

    /// <summary>The embedding.</summary>
    /// <param name="timesteps">[R].</param>
    /// <param name="condition">Labels [R], or numbers, float32 [R, C]; null for none.</param>
    /// <returns>[R, E].</returns>
    public void* Forward(long* timesteps, void* condition)
    {
        DenseActivation f = _network.Activation;
        float* added = condition is null ? null : _added;
        _network.Classes?.Copy((long*)condition, added, _memory.Rows);
        _condition?.ForwardExact((float*)condition, added, f);
        _network.Timesteps.Copy(timesteps, _projected, _memory.Rows);
        if (_time is not null)
        {
            _time.Forward(_projected, added, _sum, f);
            return _sum;
        }
        if (added is not null)
        {
            KernelLibrary.Combine(_projected, 1, added, 1, null, 0, _memory.Rows * _width);
        }
        return _memory.Stored(_projected, _sum, _width);
    }

    /// <summary>Adds what the rows say about the weights behind the embedding.</summary>
    /// <param name="byEmbedding">The gradient by the embedding, [R, E]; gone afterwards.</param>
    /// <param name="spare">[R, E], for what is between.</param>
    /// <param name="timesteps">As they were forward.</param>
    /// <param name="condition">As it was forward.</param>
    /// <param name="gradient">All gradients.</param>
    /// <param name="scratch">As <see cref="MlpKernelLayer.AddGradient"/> needs it.</param>
    public void Backward(
        void* byEmbedding, void* spare, long* timesteps, void* condition, float* gradient, void* scratch)
    {
        _network.Classes?.AddGradient(_memory.Rounded, byEmbedding, (long*)condition, gradient, _memory.Rows);
        _condition?.Backward(byEmbedding, spare, gradient, scratch);
        void* byProjected = byEmbedding;
        if (_time is not null)
        {
            _time.Backward(byEmbedding, spare, gradient, scratch);
            if (_network.Timesteps.IsLearned)
            {
                _network.Time[0].Backward(spare, null, byProjected, _memory.Rows);
            }
        }
        _network.Timesteps.AddGradient(_memory.Rounded, byProjected, timesteps, gradient, _memory.Rows);
    }

    /// <summary>A <see cref="TimestepEmbedding"/>: linear, activation, linear. Shapes: I inputs.</summary>
    private sealed class TwoLayers(MlpKernelLayer[] layers, MlpKernelMemory memory)
    {
        private readonly void* _rounded = memory.Matrix(layers[0].Inputs);
        private readonly void* _inner = memory.Matrix(layers[0].Outputs); // [R, E]
        private readonly void* _slope = memory.Matrix(layers[0].Outputs); // [R, E]
        private void* _input; // [R, I]

        /// <summary>The output plus what is added, [R, E].</summary>
        public void Forward(float* input, float* added, void* output, DenseActivation f)
        {
            First(input, f);
            layers[1].Forward(_inner, added, output, null, memory.Rows, DenseActivation.None);
        }

        /// <summary>The output, float32 [R, E].</summary>
        public void ForwardExact(float* input, float* output, DenseActivation f)
        {
            First(input, f);
            layers[1].ForwardExact(_inner, output, memory.Rows);
        }

        /// <summary>Adds the layers' gradients; leaves that by the first one's sums in <paramref name="spare"/>.</summary>
        public void Backward(void* byOutput, void* spare, float* gradient, void* scratch)
        {
            layers[1].AddGradient(byOutput, _inner, gradient, scratch, memory.Rows);
            layers[1].Backward(byOutput, _slope, spare, memory.Rows);
            layers[0].AddGradient(spare, _input, gradient, scratch, memory.Rows);
        }

        private void First(float* input, DenseActivation f)
        {
            _input = memory.Stored(input, _rounded, layers[0].Inputs);
            layers[0].Forward(_input, null, _inner, _slope, memory.Rows, f);
        }
    }
}
