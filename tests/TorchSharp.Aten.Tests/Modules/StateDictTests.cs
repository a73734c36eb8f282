using TorchSharp.Aten.Tests.Recorded;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Modules;

public class StateDictTests : TensorTest
{
    [Fact]
    public void StateDict_OfATree_HoldsTheTensorsThemselvesUnderDottedNames()
    {
        using Sequential net = Make();

        Dictionary<string, Tensor> state = net.state_dict(prefix: "net");

        Assert.Equal(
            [
                "net.0.weight", "net.0.bias", "net.1.weight", "net.1.bias", "net.1.running_mean", "net.1.running_var",
                "net.1.num_batches_tracked",
            ],
            state.Keys);
        Assert.Same(net.get_parameter("0.weight"), state["net.0.weight"]);
    }

    [Fact]
    public void LoadStateDict_OfAnothersState_CopiesTheValues()
    {
        using Sequential source = Make();
        using Sequential target = Make();
        Parameter weight = target.get_parameter("0.weight")!;

        (IList<string> missing, IList<string> unexpected) = target.load_state_dict(source.state_dict());

        Assert.Empty(missing);
        Assert.Empty(unexpected);
        Assert.Same(weight, target.get_parameter("0.weight"));
        Assert.True(weight.requires_grad);
        Assert.Equal(RecordedTensor.Numbers(source.get_parameter("0.weight")!), RecordedTensor.Numbers(weight));
    }

    [Fact]
    public void LoadStateDict_OfAnotherType_ConvertsTheValues()
    {
        using Linear target = nn.Linear(1, 1);

        target.load_state_dict(new() { ["weight"] = tensor(new double[,] { { 0.5 } }), ["bias"] = tensor([2L]) });

        Assert.Equal(0.5f, target.weight.item<float>());
        Assert.Equal(2f, target.bias!.item<float>());
    }

    [Fact]
    public void LoadStateDict_StrictWithOtherNames_ListsThemAndCopiesNothing()
    {
        using Linear target = nn.Linear(1, 1);
        float before = target.bias!.item<float>();
        var source = new Dictionary<string, Tensor> { ["bias"] = tensor([77f]), ["wait"] = zeros(1) };

        InvalidOperationException refused =
            Assert.Throws<InvalidOperationException>(() => target.load_state_dict(source));

        Assert.Contains("weight is missing", refused.Message, StringComparison.Ordinal);
        Assert.Contains("wait is unknown", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, target.bias.item<float>());
    }

    [Fact]
    public void LoadStateDict_NotStrict_CopiesWhatFitsAndReturnsTheRest()
    {
        using Linear target = nn.Linear(1, 1);
        var source = new Dictionary<string, Tensor> { ["bias"] = tensor([77f]), ["wait"] = zeros(1) };

        (IList<string> missing, IList<string> unexpected) = target.load_state_dict(source, strict: false);

        Assert.Equal(["weight"], missing);
        Assert.Equal(["wait"], unexpected);
        Assert.Equal(77f, target.bias!.item<float>());
    }

    [Fact]
    public void LoadStateDict_WithASkippedName_LeavesItAlone()
    {
        using Linear target = nn.Linear(1, 1);
        float before = target.weight.item<float>();
        var source = new Dictionary<string, Tensor> { ["bias"] = tensor([77f]), ["weight"] = zeros(9) };

        target.load_state_dict(source, skip: ["weight"]);

        Assert.Equal(before, target.weight.item<float>());
        Assert.Equal(77f, target.bias!.item<float>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void LoadStateDict_WithAnotherShape_SaysBothShapes(bool strict)
    {
        using Linear target = nn.Linear(2, 3);
        Dictionary<string, Tensor> source = new() { ["weight"] = zeros(2, 3), ["bias"] = zeros(3) };

        InvalidOperationException refused =
            Assert.Throws<InvalidOperationException>(() => target.load_state_dict(source, strict));

        Assert.Contains("weight has shape [3, 2] in the module and [2, 3] in the source", refused.Message,
            StringComparison.Ordinal);
    }

    private static Sequential Make() => nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2));
}
