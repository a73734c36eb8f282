namespace Diffusion.Sdk.Numerics;

/// <summary>What follows a dense layer; the numbers are those of kernels.h.</summary>
internal enum DenseActivation
{
    None,
    Silu,
    Relu,
}

/// <summary>
/// A dense layer, z = x W^T + b, for the native kernels: its weight is packed once, then serves any number of blocks of
/// rows and of threads. In float32 rows are dense; in bfloat16 they are as dk_dense_size_bf16 says, and sums, biases
/// and what follows are float32. Shapes: R rows, I inputs, O outputs.
/// </summary>
internal sealed unsafe class DenseLayer : IDisposable
{
    private const int FilledRows = 32; // in bfloat16 rows are filled up to a multiple of it

    private readonly int _inputs;
    private readonly int _outputs;
    private readonly bool _rounded;
    private readonly NativeBuffer _forward; // W^T
    private readonly NativeBuffer? _backward; // W

    /// <param name="inputs">I.</param>
    /// <param name="outputs">O.</param>
    /// <param name="rounded">Whether it multiplies in bfloat16; see <see cref="Kernels.HasBFloat16"/>.</param>
    /// <param name="differentiable">Whether it is asked for <see cref="Backward"/>.</param>
    public DenseLayer(int inputs, int outputs, bool rounded, bool differentiable = false)
    {
        (_inputs, _outputs, _rounded) = (inputs, outputs, rounded);
        _forward = NewPacked(inputs, outputs);
        _backward = differentiable ? NewPacked(outputs, inputs) : null;

        NativeBuffer NewPacked(long depth, long columns) => new(
            rounded ? RowsSize(true, depth, columns) : KernelLibrary.DensePacked(depth, columns) * sizeof(float));
    }

    /// <summary>Bytes of a matrix [R, columns].</summary>
    public static long RowsSize(bool rounded, long rows, long columns) =>
        rounded ? KernelLibrary.DenseSizeBF16(rows, columns) * sizeof(ushort) : rows * columns * sizeof(float);

    /// <summary>Bytes from a row of such a matrix to the next.</summary>
    public static long RowSize(bool rounded, long columns) =>
        rounded ? RowsSize(true, FilledRows, columns) / FilledRows : columns * sizeof(float);

    /// <summary>Bytes that <see cref="AddGradient"/> needs.</summary>
    public static long ScratchSize(bool rounded, long rows, long inputs, long outputs) => rounded
        ? RowsSize(true, rows, inputs) + RowsSize(true, rows, outputs)
        : KernelLibrary.DensePacked(rows, inputs) * sizeof(float);

    /// <summary>Takes over the weight as it is now.</summary>
    /// <param name="weight">[O, I].</param>
    /// <param name="stride">From one row of it to the next.</param>
    public void Pack(float* weight, long stride)
    {
        if (_rounded)
        {
            KernelLibrary.DensePackBF16(weight, 1, stride, (ushort*)_forward.Address, _inputs, _outputs);
            if (_backward is not null)
            {
                KernelLibrary.DensePackBF16(weight, stride, 1, (ushort*)_backward.Address, _outputs, _inputs);
            }
            return;
        }
        KernelLibrary.DensePack(weight, 1, stride, _forward.Floats, _inputs, _outputs);
        if (_backward is not null)
        {
            KernelLibrary.DensePack(weight, stride, 1, _backward.Floats, _outputs, _inputs);
        }
    }

    /// <summary>y = f(x W^T + bias + addend).</summary>
    /// <param name="x">[R, I].</param>
    /// <param name="bias">float32 [O], or null.</param>
    /// <param name="addend">float32 [R, O], or null.</param>
    /// <param name="y">[R, O]; receives the result.</param>
    /// <param name="slope">[R, O]; receives f', or null.</param>
    /// <param name="rows">R.</param>
    /// <param name="activation">f.</param>
    public void Forward(
        void* x, float* bias, float* addend, void* y, void* slope, long rows, DenseActivation activation)
    {
        if (_rounded)
        {
            KernelLibrary.DenseForwardBF16(
                (ushort*)x, (ushort*)_forward.Address, bias, addend, (ushort*)y, (ushort*)slope, null, rows, _inputs,
                _outputs, (int)activation);
            return;
        }
        KernelLibrary.DenseForward(
            (float*)x, _inputs, _forward.Floats, bias, addend, null, (float*)y, (float*)slope, rows, _inputs, _outputs,
            (int)activation);
    }

    /// <summary>y = x W^T + bias, in float32 in either case.</summary>
    /// <param name="x">[R, I].</param>
    /// <param name="bias">[O].</param>
    /// <param name="y">float32 [R, O].</param>
    /// <param name="rows">R.</param>
    public void ForwardExact(void* x, float* bias, float* y, long rows)
    {
        if (_rounded)
        {
            KernelLibrary.DenseForwardBF16(
                (ushort*)x, (ushort*)_forward.Address, bias, null, null, null, y, rows, _inputs, _outputs, 0);
            return;
        }
        Forward(x, bias, null, y, null, rows, DenseActivation.None);
    }

    /// <summary>dx = (dz W) slope.</summary>
    /// <param name="dz">[R, O].</param>
    /// <param name="slope">[R, I], of the layer below; null for 1.</param>
    /// <param name="dx">[R, I]; receives the result.</param>
    /// <param name="rows">R.</param>
    public void Backward(void* dz, void* slope, void* dx, long rows)
    {
        if (_rounded)
        {
            KernelLibrary.DenseBackwardBF16(
                (ushort*)dz, (ushort*)_backward!.Address, (ushort*)slope, (ushort*)dx, rows, _outputs, _inputs);
            return;
        }
        KernelLibrary.DenseBackward((float*)dz, _backward!.Floats, (float*)slope, (float*)dx, rows, _outputs, _inputs);
    }

    /// <summary>dW += dz^T x, db += the sum of dz over the rows.</summary>
    /// <param name="dz">[R, O].</param>
    /// <param name="x">[R, I].</param>
    /// <param name="dweight">float32 [O, I].</param>
    /// <param name="stride">From one row of it to the next.</param>
    /// <param name="dbias">float32 [O], or null.</param>
    /// <param name="scratch"><see cref="ScratchSize"/> bytes.</param>
    /// <param name="rows">R.</param>
    public void AddGradient(
        void* dz, void* x, float* dweight, long stride, float* dbias, void* scratch, long rows)
    {
        if (_rounded)
        {
            KernelLibrary.DenseGradientBF16(
                (ushort*)dz, (ushort*)x, dweight, stride, dbias, (ushort*)scratch, rows, _outputs, _inputs);
            return;
        }
        KernelLibrary.DenseGradient(
            (float*)dz, (float*)x, _inputs, dweight, stride, dbias, (float*)scratch, rows, _outputs, _inputs);
    }

    public void Dispose()
    {
        _forward.Dispose();
        _backward?.Dispose();
    }
}
