using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Modules;

public class ModuleArityTests : TensorTest
{
    [Fact]
    public void Call_ThroughTheInterface_RunsForwardForEveryNumberOfInputs()
    {
        using var one = new One();
        using var two = new Two();
        using var three = new Three();
        using var four = new Four();
        Tensor x = tensor(1.0);

        Assert.Equal(1, ((nn.IModule<Tensor, Tensor>)one).call(x).item<double>());
        Assert.Equal(2, ((nn.IModule<Tensor, Tensor, Tensor>)two).call(x, x).item<double>());
        Assert.Equal(3, ((nn.IModule<Tensor, Tensor, Tensor, Tensor>)three).call(x, x, x).item<double>());
        Assert.Equal(4, ((nn.IModule<Tensor, Tensor, Tensor, Tensor, Tensor>)four).call(x, x, x, x).item<double>());
        Assert.Equal(4, four.call(x, x, x, x).item<double>());
    }

    private sealed class One() : nn.Module<Tensor, Tensor>("One")
    {
        public override Tensor forward(Tensor input) => input.alias();
    }

    private sealed class Two() : nn.Module<Tensor, Tensor, Tensor>("Two")
    {
        public override Tensor forward(Tensor input1, Tensor input2) => input1 + input2;
    }

    private sealed class Three() : nn.Module<Tensor, Tensor, Tensor, Tensor>("Three")
    {
        public override Tensor forward(Tensor input1, Tensor input2, Tensor input3) => input1 + input2 + input3;
    }

    private sealed class Four() : nn.Module<Tensor, Tensor, Tensor, Tensor, Tensor>("Four")
    {
        public override Tensor forward(Tensor input1, Tensor input2, Tensor input3, Tensor input4) =>
            input1 + input2 + input3 + input4;
    }
}
