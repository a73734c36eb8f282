using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Modules;

public class ModuleTests : TensorTest
{
    [Fact]
    public void RegisterComponents_OfFields_TakesModulesParametersAndBuffersByName()
    {
        using var net = new Net();

        Assert.Equal(["own", "first.weight", "first.bias", "block.0.weight", "block.0.bias"],
            net.named_parameters().Select(p => p.name));
        Assert.Equal(["table"], net.named_buffers().Select(b => b.name));
        Assert.Equal(["first", "block"], net.named_children().Select(c => c.name));
        Assert.Equal(["first", "block", "block.0", "block.1"], net.named_modules().Select(m => m.name));
        Assert.Equal(4, net.modules().Count());
        Assert.Equal(2, net.children().Count());
        Assert.Equal("Net", net.GetName());
    }

    [Fact]
    public void NamedParameters_WithoutRecursion_AreItsOwn()
    {
        using var net = new Net();

        Assert.Equal(["own"], net.named_parameters(recurse: false).Select(p => p.name));
        Assert.Equal(5, net.parameters().Count());
        Assert.Single(net.buffers());
        Assert.Empty(net.buffers(include_nonpersistent: false));
    }

    [Fact]
    public void NamedParameters_OfASharedOne_NameItOnce()
    {
        using Linear first = nn.Linear(2, 2);
        using Linear second = nn.Linear(first.weight);
        using Sequential both = nn.Sequential(first, second);

        Assert.Equal(["0.weight", "0.bias"], both.named_parameters().Select(p => p.name));
        Assert.Equal(["0.weight", "0.bias", "1.weight"], both.state_dict().Keys);
    }

    [Fact]
    public void Find_ByDottedName_LeadsThroughTheTree()
    {
        using var net = new Net();

        Assert.Same(net.First.weight, net.get_parameter("first.weight"));
        Assert.True(net.has_parameter("block.0.bias"));
        Assert.Null(net.get_parameter("block.7.bias"));
        Assert.False(net.has_parameter("table"));
        Assert.NotNull(net.get_buffer("table"));
        Assert.True(net.has_buffer("table"));
        Assert.False(net.has_buffer("nowhere.table"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("taken")]
    public void Register_UnderABadName_SaysWhy(string name)
    {
        using var module = new Open();
        module.register_buffer("taken", zeros(1));
        using var parameter = new Parameter(zeros(1));
        using Linear child = nn.Linear(1, 1);

        Assert.Throws<ArgumentException>(() => module.register_parameter(name, parameter));
        Assert.Throws<ArgumentException>(() => module.register_buffer(name, parameter));
        ArgumentException refused = Assert.Throws<ArgumentException>(() => module.add_module(name, child));
        Assert.True(name.Length == 0 || refused.Message.Contains(name, StringComparison.Ordinal));
    }

    [Fact]
    public void RegisterModule_OfNull_DoesNothing()
    {
        using var module = new Open();
        module.register_module("none", null!);

        Assert.Empty(module.children());
    }

    [Fact]
    public void TrainAndEval_OnATree_ReachAll()
    {
        using var net = new Net();
        Assert.True(net.training);

        net.eval();
        Assert.All(net.modules(), module => Assert.False(module.training));
        net.train();
        Assert.All(net.modules(), module => Assert.True(module.training));
    }

    [Fact]
    public void Apply_OnATree_GoesDeepestFirstAndEndsWithItself()
    {
        using var net = new Net();
        var seen = new List<string>();

        nn.Module result = net.apply(module => seen.Add(module.GetName()));

        Assert.Same(net, result);
        Assert.Equal(["Linear", "Linear", "SiLU", "Sequential", "Net"], seen);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ZeroGrad_AfterBackward_DropsOrClears(bool drop)
    {
        using Linear linear = nn.Linear(2, 2);
        linear.call(ones(1, 2)).sum().backward();

        linear.zero_grad(drop);

        using Tensor? gradient = linear.weight.grad;
        Assert.Equal(drop, gradient is null);
        Assert.Equal(0, gradient?.abs().sum().item<float>() ?? 0);
    }

    [Fact]
    public void Module_MadeInAScope_OutlivesItAndFreesAllOnDispose()
    {
        long before = Tensor.TotalCount;
        Net net;
        using (NewDisposeScope())
        {
            net = new Net();
        }
        Assert.False(net.First.weight.IsInvalid);
        Assert.Equal(before + 6, Tensor.TotalCount);

        net.Dispose();
        net.Dispose();

        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Parameter_OfATensor_TakesItsHandleOver()
    {
        long before = Tensor.TotalCount;
        Tensor data = zeros(2);
        using Parameter parameter = nn.Parameter(data, requires_grad: false);

        Assert.True(data.IsInvalid);
        Assert.False(parameter.requires_grad);
        Assert.Equal(before + 1, Tensor.TotalCount);
        Assert.Throws<ObjectDisposedException>(() => data.shape);
    }

    [Fact]
    public void Weight_Replaced_IsRegisteredAndTheOldOneFreed()
    {
        using Linear linear = nn.Linear(2, 2);
        Parameter old = linear.weight;
        linear.weight = new Parameter(zeros(2, 2));
        linear.bias = null;

        Assert.True(old.IsInvalid);
        Assert.Equal(["weight"], linear.named_parameters().Select(p => p.name));
    }

    private sealed class Open() : nn.Module("Open");

    private sealed class Net : nn.Module<Tensor, Tensor>
    {
        private readonly Parameter own = new(zeros(2));

        [ComponentName(Name = "first")]
        private readonly Linear _first = nn.Linear(2, 2);

        private readonly Sequential block = nn.Sequential(nn.Linear(2, 2), nn.SiLU());

        public Net()
            : base(nameof(Net))
        {
            register_buffer("table", zeros(3), persistent: false);
            RegisterComponents();
        }

        public Linear First => _first;

        public override Tensor forward(Tensor input) => block.call(_first.call(input)) + own;
    }
}
