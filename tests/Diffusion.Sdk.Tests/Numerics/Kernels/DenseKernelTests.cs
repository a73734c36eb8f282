using Diffusion.Sdk.Numerics;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Numerics.Kernels;

/// <summary>
/// Values and gradients of a dense layer beside those of libtorch's operators in float64; in bfloat16 with inputs and
/// weights rounded as the kernels round them, so that only the rounding of what comes out is left.
/// </summary>
public sealed unsafe class DenseKernelTests : KernelTest
{
    private const double RoundedError = 0.0045; // half a unit of the last of 8 bits

    private static readonly (int Rows, int Inputs, int Outputs)[] s_sizes =
        [(256, 128, 128), (1, 1, 1), (3, 2, 5), (33, 66, 128), (7, 17, 31), (65, 64, 2), (12, 200, 40), (9, 40, 3),
            (5, 33, 4), (6, 4, 50), (33, 545, 65), (5, 1100, 70)]; // the last: many steps of the depth beside few rows

    /// <summary>Each variant in float32, and in bfloat16 where it has that.</summary>
    public static TheoryData<string, bool> Forms
    {
        get
        {
            var forms = new TheoryData<string, bool>();
            foreach (string variant in Diffusion.Sdk.Numerics.Kernels.Variants)
            {
                forms.Add(variant, false);
                if (With(variant, () => Diffusion.Sdk.Numerics.Kernels.HasBFloat16))
                {
                    forms.Add(variant, true);
                }
            }
            return forms;
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Layer_EverySize_HasTheValuesAndGradientsOfTheOperators(string variant, bool rounded) => With(
        variant, () =>
        {
            foreach ((int rows, int inputs, int outputs) in s_sizes)
            {
                foreach (DenseActivation activation in Enum.GetValues<DenseActivation>())
                {
                    Compare(rows, inputs, outputs, activation, rounded, stride: inputs);
                }
                Compare(rows, inputs, outputs, DenseActivation.Silu, rounded, stride: inputs + 3);
            }
        });

    [Theory]
    [MemberData(nameof(Forms))]
    public void Forward_FarFromZero_IsFiniteAndNaNStaysNaN(string variant, bool rounded) => With(variant, () =>
    {
        using var layer = new Fixture(4, 1, 1, rounded);
        float[] values = [-1e4f, 1e4f, -90, float.NaN];
        foreach (DenseActivation activation in (DenseActivation[])[DenseActivation.Silu, DenseActivation.Relu])
        {
            float[] y = layer.ForwardOf(values, weight: 1, activation);
            float small = activation == DenseActivation.Silu ? 1e-30f : 0;
            Assert.InRange(y[0], -small, 0);
            Assert.InRange(y[1], 9900, 10100);
            Assert.InRange(y[2], -1e-30f, 0);
            Assert.True(float.IsNaN(y[3]), $"{activation}: {y[3]}");
        }
    });

    [Theory]
    [MemberData(nameof(Forms))]
    public void Forward_Silu_IsThatOfEveryNumber(string variant, bool rounded) => With(variant, () =>
    {
        float[] values = [.. Enumerable.Range(-2560, 5121).Select(i => i / 128f)]; // [-20, 20]
        if (rounded)
        {
            using var scope = NewDisposeScope();
            values = [.. tensor(values).to_type(ScalarType.BFloat16).to_type(ScalarType.Float32).data<float>()];
        }
        using var layer = new Fixture(values.Length, 1, 1, rounded);
        float[] y = layer.ForwardOf(values, weight: 1, DenseActivation.Silu);
        for (int i = 0; i < values.Length; i++)
        {
            double z = values[i], expected = z / (1 + Math.Exp(-z));
            double allowed = rounded ? 1.3e-4 + Math.Abs(expected) / 256 : 1e-6 * Math.Max(1, Math.Abs(expected));
            Assert.True(Math.Abs(y[i] - expected) <= allowed, $"SiLU of {z} is {y[i]}; expected {expected}");
        }
    });

    [Theory]
    [MemberData(nameof(Variants))]
    public void Forward_Labels_PickRowsOfTheAddend(string variant) => With(variant, () =>
    {
        float[] x = [1, 2, 3], table = [10, 20, 30, 40], y = new float[6];
        long[] labels = [1, 0, 1];
        float[] packed = new float[KernelLibrary.DensePacked(1, 2)], weight = [1, -1];
        fixed (float* px = x, pt = table, py = y, pp = packed, pw = weight)
        fixed (long* pl = labels)
        {
            KernelLibrary.DensePack(pw, 1, 1, pp, 1, 2);
            KernelLibrary.DenseForward(px, 1, pp, null, pt, pl, py, null, 3, 1, 2, 0);
        }
        Assert.Equal([31f, 39, 12, 18, 33, 37], y);
    });

    [Theory]
    [MemberData(nameof(Variants))]
    public void FirstLayer_EverySize_HasTheValuesOfTheOperators(string variant) => With(variant, () =>
    {
        if (!Diffusion.Sdk.Numerics.Kernels.HasBFloat16)
        {
            return; // it has no first layer of its own
        }
        (int, int, int)[] sizes = [(65, 2, 128), (3, 2, 5), (33, 3, 70), (1, 1, 1)];
        foreach ((int rows, int inputs, int outputs) in sizes)
        {
            using var scope = NewDisposeScope();
            Tensor x = Normal(1, 0, 1, rows, inputs), weight = Normal(2, 0, 1, outputs, inputs);
            Tensor bias = Normal(3, 0, 1, outputs), table = Normal(4, 0, 1, 3, outputs);
            long[] labels = [.. Enumerable.Range(0, rows).Select(row => (long)row % 3)];
            long width = KernelLibrary.DensePacked(1, outputs);
            Tensor columns = zeros(inputs, width);
            columns.narrow(1, 0, outputs).copy_(weight.t());
            using var y = new NativeBuffer(DenseLayer.RowsSize(true, rows, outputs));
            foreach (DenseActivation activation in Enum.GetValues<DenseActivation>())
            {
                fixed (long* at = labels)
                {
                    KernelLibrary.DenseFirstBF16(
                        At(x), inputs, At(columns), At(bias), At(table), at, (ushort*)y.Address, rows, inputs, outputs,
                        (int)activation);
                }
                Tensor z = x.matmul(weight.t()).add(bias).add(table.index_select(0, tensor(labels)))
                    .to_type(ScalarType.Float64);
                Near(
                    Activated(z, activation), Read(y.Address, rows, outputs, rounded: true), RoundedError,
                    $"[{rows}, {inputs}] to {outputs}, {activation}");
            }
        }
    });

    [Theory]
    [MemberData(nameof(Variants))]
    public void Rows_CombinedAndStepped_AreAsWritten(string variant) => With(variant, () =>
    {
        foreach (int count in (int[])[1, 15, 100])
        {
            Tensor x = Normal(1, 0, 1, count), y = Normal(2, 0, 1, count), z = Normal(3, 0, 1, count);
            Tensor expected = x.mul(0.5).add(y.mul(-2.0)).add(z.mul(3.0));
            Diffusion.Sdk.Numerics.Kernels.Combine(x, 0.5, y, -2, z, 3);
            Assert.InRange(Error(expected, x), 0, 1e-6);
            expected = x.mul(0.25).add(y);
            Diffusion.Sdk.Numerics.Kernels.Combine(x, 0.25, y, 1, null, 0);
            Assert.InRange(Error(expected, x), 0, 1e-6);
        }
    });

    private static void Compare(
        int rows, int inputs, int outputs, DenseActivation activation, bool rounded, int stride)
    {
        using var scope = NewDisposeScope();
        using var layer = new Fixture(rows, inputs, outputs, rounded, stride);
        Tensor x = Normal(1, 0, 1, rows, inputs), all = Normal(2, 0, 1 / Math.Sqrt(inputs), outputs, stride);
        Tensor weight = all.narrow(1, 0, inputs).contiguous(), bias = Normal(3, 0, 1, outputs);
        Tensor addend = Normal(4, 0, 1, rows, outputs), dz = Normal(5, 0, 1, rows, outputs);
        Tensor slopeBelow = Normal(6, 0.5, 0.5, rows, inputs);

        (Tensor y, Tensor slope, Tensor dx, Tensor dweight, Tensor dbias) =
            layer.Run(x, all, bias, addend, dz, slopeBelow, activation);

        Tensor exactX = Exact(x), exactW = Exact(weight), exactDz = Exact(dz), exactSlope = Exact(slopeBelow);
        Tensor z = exactX.matmul(exactW.t()).add(bias).add(addend).detach().requires_grad_();
        Tensor f = Activated(z, activation);
        Tensor derivative = autograd.grad([f.sum()], [z])[0];
        string what = $"[{rows}, {inputs}] to {outputs}, {activation}, rounded {rounded}";
        double allowed = rounded ? RoundedError : 3e-6;
        Near(f, y, allowed, $"{what}: y");
        Near(derivative, slope, allowed, $"{what}: slope");
        Near(Activated(z.sub(addend), activation), layer.ForwardOf(x, bias, activation), allowed, $"{what}: y alone");
        Near(exactDz.matmul(exactW).mul(exactSlope), dx, allowed, $"{what}: dx");
        Near(exactDz.t().matmul(exactX).add(1.0), dweight, 1e-5, $"{what}: dW"); // sums are float32 in either case
        Near(exactDz.sum(dim: 0).add(1.0), dbias, 1e-5, $"{what}: db");

        Tensor Exact(Tensor tensor) => (rounded ? tensor.to_type(ScalarType.BFloat16) : tensor)
            .to_type(ScalarType.Float64);
    }

    private static Tensor Activated(Tensor z, DenseActivation activation) => activation switch
    {
        DenseActivation.Silu => z.mul(z.sigmoid()),
        DenseActivation.Relu => z.relu(),
        _ => z.mul(1.0),
    };

    private static float* At(Tensor tensor) => Diffusion.Sdk.Numerics.Kernels.At<float>(tensor);

    private static Tensor Read(void* stored, int rows, int columns, bool rounded)
    {
        int width = rounded ? (columns + 31) / 32 * 32 : columns;
        var values = new float[rows * columns];
        for (int i = 0; i < values.Length; i++)
        {
            int at = i / columns * width + i % columns;
            values[i] = rounded
                ? BitConverter.Int32BitsToSingle(((ushort*)stored)[at] << 16)
                : ((float*)stored)[at];
        }
        return tensor(values, [rows, columns]);
    }

    private static void Near(Tensor expected, Tensor actual, double allowed, string what)
    {
        using var scope = NewDisposeScope();
        double most = Math.Max(1, expected.detach().abs().max().item<double>());
        double error = expected.detach().sub(actual).abs().max().item<double>() / most;
        Assert.True(error < allowed, $"{what}: {error}");
    }

    /// <summary>A layer with memory for one block of rows.</summary>
    private sealed class Fixture(int rows, int inputs, int outputs, bool rounded, int stride = 0) : IDisposable
    {
        private readonly DenseLayer _layer = new(inputs, outputs, rounded, differentiable: true);
        private readonly List<NativeBuffer> _owned = [];
        private readonly int _stride = stride == 0 ? inputs : stride;

        public (Tensor Y, Tensor Slope, Tensor Dx, Tensor Dweight, Tensor Dbias) Run(
            Tensor x, Tensor weight, Tensor bias, Tensor addend, Tensor dz, Tensor slopeBelow,
            DenseActivation activation)
        {
            void* y = New(outputs);
            void* slope = New(outputs);
            void* dx = New(inputs);
            _layer.Pack(At(weight), _stride);
            _layer.Forward(Stored(x), At(bias), At(addend), y, slope, rows, activation);
            _layer.Backward(Stored(dz), Stored(slopeBelow), dx, rows);
            Tensor dweight = ones([outputs, _stride]), dbias = ones([outputs]); // gradients are added to
            var scratch = new NativeBuffer(DenseLayer.ScratchSize(rounded, rows, inputs, outputs));
            _owned.Add(scratch);
            _layer.AddGradient(Stored(dz), Stored(x), At(dweight), _stride, At(dbias), scratch.Address, rows);
            if (_stride > inputs)
            {
                Assert.True(dweight.narrow(1, inputs, _stride - inputs).eq(1.0).all().item<bool>());
            }
            return (Read(y, outputs), Read(slope, outputs), Read(dx, inputs), dweight.narrow(1, 0, inputs), dbias);
        }

        /// <summary>The way forward as sampling goes it, with the weight that was packed last.</summary>
        public Tensor ForwardOf(Tensor x, Tensor bias, DenseActivation activation)
        {
            void* y = New(outputs);
            _layer.Forward(Stored(x), At(bias), null, y, null, rows, activation);
            return Read(y, outputs);
        }

        public float[] ForwardOf(float[] values, float weight, DenseActivation activation)
        {
            void* y = New(outputs);
            _layer.Pack(&weight, 1);
            _layer.Forward(Stored(tensor(values, [rows, inputs])), null, null, y, null, rows, activation);
            return [.. Read(y, outputs).data<float>()];
        }

        public void Dispose()
        {
            _owned.ForEach(buffer => buffer.Dispose());
            _layer.Dispose();
        }

        private void* Stored(Tensor values)
        {
            void* stored = New((int)values.shape[1]);
            long columns = values.shape[1];
            if (rounded)
            {
                KernelLibrary.DenseRowsBF16(At(values), columns, (ushort*)stored, rows, columns);
            }
            else
            {
                new ReadOnlySpan<float>(At(values), (int)(rows * columns)).CopyTo(
                    new Span<float>(stored, (int)(rows * columns)));
            }
            return stored;
        }

        private void* New(int columns)
        {
            _owned.Add(new NativeBuffer(DenseLayer.RowsSize(rounded, rows, columns)));
            return _owned[^1].Address;
        }

        private Tensor Read(void* stored, int columns) => DenseKernelTests.Read(stored, rows, columns, rounded);
    }
}
