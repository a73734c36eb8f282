using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Autograd;

public class CustomFunctionTests : TensorTest
{
    private sealed class Cube : autograd.SingleTensorFunction<Cube>
    {
        public override string Name => nameof(Cube);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var x = (Tensor)vars[0];
            ctx.save_for_backward([x]);
            ctx.save_data("scale", "overwritten");
            ctx.save_data("scale", vars[1]);
            return x * x * x * (double)vars[1];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            Assert.Throws<KeyNotFoundException>(() => ctx.get_data("other"));
            Tensor x = ctx.get_saved_variables()[0];
            return [grad_output * 3 * x * x * (double)ctx.get_data("scale"), null!];
        }
    }

    private sealed class ExpSavingOutput : autograd.SingleTensorFunction<ExpSavingOutput>
    {
        public override string Name => nameof(ExpSavingOutput);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            Tensor y = ((Tensor)vars[0]).exp();
            ctx.save_for_backward([y]);
            return y;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) =>
            [grad_output * ctx.get_saved_variables()[0]];
    }

    private sealed class SumAndDifference : autograd.MultiTensorFunction<SumAndDifference>
    {
        public override string Name => nameof(SumAndDifference);

        public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars) =>
            [(Tensor)vars[0] + (Tensor)vars[1], (Tensor)vars[0] - (Tensor)vars[1]];

        public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs) =>
            [grad_outputs[0] + grad_outputs[1], grad_outputs[0] - grad_outputs[1]];
    }

    private sealed class Failing : autograd.SingleTensorFunction<Failing>
    {
        public override string Name => nameof(Failing);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars) => (Tensor)vars[0] * 2;

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) =>
            throw new NotSupportedException("no way back");
    }

    [Fact]
    public void Apply_SavedInput_GradientIsTheFormula()
    {
        Tensor x = tensor(new[] { 1.0, -2.0, 3.0 }, requires_grad: true);
        Cube.apply(x, 0.5).sum().backward();
        Assert.Equal([1.5, 6.0, 13.5], x.grad!.data<double>().ToArray());
    }

    [Fact]
    public void Apply_SavedOutput_FreesItsNode()
    {
        long before = Tensor.TotalCount;
        using (NewDisposeScope())
        {
            Tensor x = tensor(new[] { 0.0, 1.0 }, requires_grad: true);
            for (int k = 0; k < 100; k++)
            {
                using DisposeScope step = NewDisposeScope();
                ExpSavingOutput.apply(x).sum(); // Never run backward: the node alone must free what it saved.
            }
            ExpSavingOutput.apply(x).sum().backward();
            Assert.Equal(Math.E, x.grad![1].item<double>(), 12);
        }
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Apply_OneOutputUnused_GetsZeros()
    {
        Tensor a = tensor(2.0, requires_grad: true), b = tensor(5.0, requires_grad: true);
        (SumAndDifference.apply(a, b)[1] * 3).backward();
        Assert.Equal(3, a.grad!.item<double>());
        Assert.Equal(-3, b.grad!.item<double>());
    }

    [Fact]
    public void Backward_Throws_ArrivesWithItsMessage()
    {
        Tensor x = tensor(2.0, requires_grad: true);
        AtenException error = Assert.Throws<AtenException>(() => Failing.apply(x).backward());
        Assert.Contains("NotSupportedException: no way back", error.Message);
    }

    [Fact]
    public void Backward_Twice_NeedsRetainGraph()
    {
        Tensor x = tensor(2.0, requires_grad: true);
        Tensor y = Cube.apply(x, 1.0);
        y.backward(retain_graph: true);
        y.backward();
        Assert.Equal(24, x.grad!.item<double>());
        AtenException error = Assert.Throws<AtenException>(() => y.backward());
        Assert.Contains("retain_graph", error.Message);
    }

    [Fact]
    public void Apply_UnderNoGrad_RecordsNothing()
    {
        Tensor x = tensor(2.0, requires_grad: true);
        using IDisposable off = no_grad();
        Assert.False(Cube.apply(x, 1.0).requires_grad);
    }
}
