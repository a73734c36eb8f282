using TorchSharp.Aten.Tests.Recorded;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Modules;

public class HookTests : TensorTest
{
    [Fact]
    public void Hooks_OnOneInput_ReplaceInputAndResult()
    {
        using ReLU relu = nn.ReLU();
        using (NewDisposeScope())
        {
            relu.register_forward_pre_hook((_, input) => input - 1);
            relu.register_forward_hook((_, _, result) => result * 10);

            Assert.Equal([0, 20], RecordedTensor.Numbers(relu.call(tensor([0.5, 3.0]))));
        }
    }

    [Fact]
    public void Hooks_WithoutAnOpinion_ChangeNothingAndAreCalledInOrder()
    {
        using var sum = new Sum();
        var calls = new List<string>();
        sum.register_forward_pre_hook(_ => calls.Add("before"));
        sum.register_forward_pre_hook((_, _, _, _) =>
        {
            calls.Add("pre");
            return null;
        });
        sum.register_forward_hook((_, _, _, _, _) =>
        {
            calls.Add("post");
            return null!;
        });
        sum.register_forward_hook(_ => calls.Add("after"));

        Assert.Equal(6, sum.call(tensor(1.0), tensor(2.0), tensor(3.0)).item<double>());
        Assert.Equal(["before", "pre", "post", "after"], calls);
    }

    [Fact]
    public void Hook_Removed_IsSilent()
    {
        using Loss<Tensor, Tensor, Tensor> loss = nn.MSELoss();
        int calls = 0;
        var remover = loss.register_forward_hook(_ => calls++);
        loss.call(zeros(1), zeros(1));

        remover.remove();
        remover.remove();
        loss.call(zeros(1), zeros(1));

        Assert.Equal(1, calls);
    }

    [Fact]
    public void PreHook_OnTwoInputs_ReplacesBoth()
    {
        using MSELoss loss = nn.MSELoss();
        loss.register_forward_pre_hook((_, input, target) => (input + 1, target - 1));

        Assert.Equal(4, loss.call(tensor(0.0), tensor(0.0)).item<double>());
    }

    private sealed class Sum() : nn.Module<Tensor, Tensor, Tensor, Tensor>("Sum")
    {
        public override Tensor forward(Tensor input1, Tensor input2, Tensor input3) => input1 + input2 + input3;
    }
}
