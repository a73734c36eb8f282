using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Operators;

public class GradModeTests : TensorTest
{
    [Fact]
    public void GradModes_Nested_HoldInTheirBlocksOnly()
    {
        Assert.True(is_grad_enabled());
        using (no_grad())
        {
            Assert.False(is_grad_enabled());
            using (enable_grad())
            {
                Assert.True(is_grad_enabled());
            }
            using (set_grad_enabled(true))
            {
                Assert.True(is_grad_enabled());
            }
            Assert.False(is_grad_enabled());
        }
        Assert.True(is_grad_enabled());
        using (inference_mode())
        {
            Assert.True(is_inference_mode_enabled());
        }
        Assert.False(is_inference_mode_enabled());
    }

    [Fact]
    public void NoGrad_AroundAnOperator_RecordsNothing()
    {
        Tensor x = tensor([2.0], requires_grad: true);
        using (no_grad())
        {
            Assert.False((x * x).requires_grad);
        }
        Assert.True((x * x).requires_grad);
    }

    [Fact]
    public void Backward_WithWeightsAndInputs_AddsTheirProductOnly()
    {
        Tensor x = tensor([2.0, 3.0], requires_grad: true);
        Tensor y = tensor([5.0, 7.0], requires_grad: true);

        (x * x * y).backward([tensor([1.0, 10.0])], inputs: [x]);

        Assert.Equal([20, 420], x.grad!.data<double>().ToArray());
        Assert.Null(y.grad);
    }

    [Fact]
    public void Backward_Twice_AddsUpAndRetainGradKeepsTheMiddle()
    {
        Tensor x = tensor(3.0, requires_grad: true);
        Tensor middle = x * x;
        middle.retain_grad();
        Tensor loss = middle * 2;

        loss.backward(retain_graph: true);
        loss.backward();

        Assert.Equal(24, x.grad!.item<double>());
        Assert.Equal(4, middle.grad!.item<double>());
    }

    [Fact]
    public void SecondDerivative_OfACube_IsSixX()
    {
        Tensor x = tensor(2.0, requires_grad: true);
        Tensor first = autograd.grad([x.pow(3)], [x], create_graph: true)[0];

        Tensor second = autograd.grad([first], [x])[0];

        Assert.Equal(12, first.item<double>());
        Assert.Equal(12, second.item<double>());
    }

    [Fact]
    public void ThreadCounts_Set_AreWhatIsAskedBack()
    {
        int before = get_num_threads();
        set_num_threads(1);
        Assert.Equal(1, get_num_threads());
        set_num_threads(before);
        Assert.True(get_num_interop_threads() >= 1);
    }
}
