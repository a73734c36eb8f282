using Diffusion.Sdk.Numerics;

namespace Diffusion.Sdk.Denoisers;

/// <summary>The matrices of a block of <see cref="MlpKernelPass"/>, as its layers want them.</summary>
/// <param name="rounded">Whether the layers multiply in bfloat16.</param>
/// <param name="rows">R, the rows of each matrix.</param>
internal sealed unsafe class MlpKernelMemory(bool rounded, long rows) : IDisposable
{
    private readonly List<NativeBuffer> _owned = [];

    /// <summary>Whether the layers multiply in bfloat16.</summary>
    public bool Rounded => rounded;

    /// <summary>R.</summary>
    public long Rows => rows;

    /// <summary>A matrix [R, columns] of a layer's input or output.</summary>
    public void* Matrix(int columns) => Bytes(DenseLayer.RowsSize(rounded, rows, columns));

    /// <summary>A matrix [R, columns] of float32.</summary>
    public float* Floats(int columns) => (float*)Bytes(rows * columns * sizeof(float));

    /// <summary>Memory for anything.</summary>
    public void* Bytes(long count)
    {
        _owned.Add(new NativeBuffer(count));
        return _owned[^1].Address;
    }

    /// <summary>Float32 numbers as a layer's input: themselves, or rounded.</summary>
    /// <param name="values">[R, columns].</param>
    /// <param name="place">Where they are put if they are rounded.</param>
    /// <param name="columns">Numbers of a row.</param>
    public void* Stored(float* values, void* place, int columns)
    {
        if (!rounded)
        {
            return values;
        }
        KernelLibrary.DenseRowsBF16(values, columns, (ushort*)place, rows, columns);
        return place;
    }

    public void Dispose() => _owned.ForEach(buffer => buffer.Dispose());
}
