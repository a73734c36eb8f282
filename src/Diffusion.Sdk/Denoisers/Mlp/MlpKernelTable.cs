using System.Numerics.Tensors;
using Diffusion.Sdk.Numerics;
using Tensor = TorchSharp.torch.Tensor;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// The rows of an embedding for <see cref="MlpKernelPass"/>: learned ones, or a formula's. Shapes: K keys, that is
/// timesteps or classes, E width of the embedding, R rows of a block.
/// </summary>
internal sealed unsafe class MlpKernelTable : IDisposable
{
    private readonly Tensor _owner;
    private readonly float* _table; // [K, E]
    private readonly int _width;
    private readonly long? _gradientPlace; // in the gradient of all parameters

    private MlpKernelTable(Tensor table, long? gradientPlace)
    {
        _owner = table.DetachFromDisposeScope();
        _table = Kernels.At<float>(table);
        (_width, _gradientPlace) = ((int)table.size(1), gradientPlace);
    }

    /// <summary>Whether the rows are parameters.</summary>
    public bool IsLearned => _gradientPlace is not null;

    /// <summary>Rows that stay as they are, float32 [K, E]; the table frees them.</summary>
    public static MlpKernelTable Fixed(Tensor rows) => new(rows, null);

    /// <summary>Rows that are learned.</summary>
    /// <param name="weight">float32 [K, E], with a gradient.</param>
    /// <param name="keys">How many keys it is asked for.</param>
    /// <param name="gradient">All gradients, of which the weight's is a view.</param>
    /// <exception cref="ArgumentException">It has fewer rows.</exception>
    public static MlpKernelTable Learned(Tensor weight, int keys, Tensor gradient) => weight.size(0) < keys
        ? throw new ArgumentException($"The embedding has {weight.size(0)} rows; expected {keys}.", nameof(weight))
        : new(weight.detach(), Kernels.At<float>(weight.grad) - Kernels.At<float>(gradient));

    /// <summary>Copies the rows of some keys.</summary>
    /// <param name="keys">[R], each in [0, K).</param>
    /// <param name="to">float32 [R, E].</param>
    /// <param name="rows">R.</param>
    public void Copy(long* keys, float* to, long rows)
    {
        for (long r = 0; r < rows; r++)
        {
            Row(_table, keys[r]).CopyTo(Row(to, r));
        }
    }

    /// <summary>Adds the gradients of copied rows to those of the table; nothing for fixed rows.</summary>
    /// <param name="rounded">Whether they are bfloat16.</param>
    /// <param name="byRows">[R, E], as a layer's input.</param>
    /// <param name="keys">[R].</param>
    /// <param name="gradient">All gradients.</param>
    /// <param name="rows">R.</param>
    public void AddGradient(bool rounded, void* byRows, long* keys, float* gradient, long rows)
    {
        if (_gradientPlace is not { } place)
        {
            return;
        }
        long rowBytes = DenseLayer.RowSize(rounded, _width);
        for (long r = 0; r < rows; r++)
        {
            Span<float> sum = Row(gradient + place, keys[r]);
            if (!rounded)
            {
                TensorPrimitives.Add(sum, Row((float*)byRows, r), sum);
                continue;
            }
            ushort* row = (ushort*)((byte*)byRows + r * rowBytes);
            for (int e = 0; e < sum.Length; e++)
            {
                sum[e] += BitConverter.UInt32BitsToSingle((uint)row[e] << 16);
            }
        }
    }

    public void Dispose() => _owner.Dispose();

    private Span<float> Row(float* matrix, long row) => new(matrix + row * _width, _width);
}
