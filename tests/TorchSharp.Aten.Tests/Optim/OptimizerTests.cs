using TorchSharp.Aten.Tests.Recorded;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Optim;

public class OptimizerTests : TensorTest
{
    [Fact]
    public void LearningRate_SetOnAGroup_IsUsedByTheNextStep()
    {
        using var parameter = new Parameter(tensor([1.0]));
        using SGD optimizer = optim.SGD([parameter], 0.1);
        optim.ILearningRateController group = optimizer.ParamGroups.Single();
        Assert.Equal(0.1, group.LearningRate);
        Assert.Equal(0.1, group.InitialLearningRate);

        group.LearningRate = 0.5;
        parameter.grad = tensor([1.0]);
        optimizer.step();

        Assert.Equal([0.5], RecordedTensor.Numbers(parameter));
    }

    [Fact]
    public void BetasAndMomentum_SetOnTheOptimizer_ReachAllGroups()
    {
        using var parameter = new Parameter(tensor([1.0]));
        using Adam adam = optim.Adam([parameter]);
        using AdamW adamW = optim.AdamW([parameter]);
        using SGD sgd = optim.SGD([parameter], 0.1, 0.5);

        (adam.Betas, adamW.Betas, sgd.Momentum) = ((0.5, 0.6), (0.7, 0.8), 0.25);

        Assert.Equal((0.5, 0.6), ((optim.IBetas)adam.ParamGroups.Single()).Betas);
        Assert.Equal((0.7, 0.8), adamW.Betas);
        Assert.Equal(0.25, ((optim.IMomentum)sgd.ParamGroups.Single()).Momentum);
    }

    [Fact]
    public void Step_WithAClosure_ComputesWithGradientsOnAndReturnsTheLoss()
    {
        using var parameter = new Parameter(tensor(3.0));
        using SGD optimizer = optim.SGD([parameter], 0.1);
        using IDisposable guard = no_grad();

        Tensor? loss = optimizer.step(() =>
        {
            Tensor square = parameter * parameter;
            square.backward();
            return square;
        });

        Assert.Equal(9, loss!.item<double>());
        Assert.Equal(3 - 0.6, parameter.item<double>(), 12);
    }

    [Fact]
    public void ZeroGrad_AfterAStep_DropsAllGradients()
    {
        using var parameter = new Parameter(tensor([1.0]));
        using Adam optimizer = optim.Adam([parameter]);
        parameter.grad = tensor([1.0]);

        optimizer.zero_grad();

        Assert.Null(parameter.grad);
        Assert.Same(parameter, optimizer.parameters().Single());
    }

    [Fact]
    public void AddParamGroup_Later_StartsWithItsOwnOptions()
    {
        using var first = new Parameter(tensor([1.0]));
        using var second = new Parameter(tensor([1.0]));
        using SGD optimizer = optim.SGD([first], 0.1);
        optimizer.add_param_group(new SGD.ParamGroup { Parameters = [second], LearningRate = 0.5 });
        (first.grad, second.grad) = (tensor([1.0]), tensor([1.0]));

        optimizer.step();

        Assert.Equal(0.9, first.item<double>(), 12);
        Assert.Equal(0.5, second.item<double>(), 12);
        Assert.Throws<ArgumentException>(() => optimizer.add_param_group(new SGD.ParamGroup { Parameters = [second] }));
    }

    [Fact]
    public void StateDict_OfAdam_HoldsMomentsThatAProgramCanSaveAndPutBack()
    {
        using var parameter = new Parameter(tensor([1.0, 2.0]));
        using AdamW optimizer = optim.AdamW([parameter], amsgrad: true);
        parameter.grad = tensor([1.0, -1.0]);
        optimizer.step();

        optim.Optimizer.StateDictionary state = optimizer.state_dict();
        var adam = (AdamW.State)state.State[state.StateIndexRef[0][0]];

        Assert.Equal(1, adam.step);
        Assert.Equal(0.1, adam.exp_avg[0].item<double>(), 12);
        Assert.Equal(0.001, adam.exp_avg_sq[1].item<double>(), 12);
        Assert.Equal(0.001, adam.max_exp_avg_sq![1].item<double>(), 12);
        Assert.Equal(0.9, ((AdamW.Options)state.Options[0]).beta1);
        adam.exp_avg.fill_(7);
        Assert.Equal(7, ((AdamW.State)optimizer.state_dict().State[0]).exp_avg[0].item<double>());
    }

    [Fact]
    public void LoadStateDict_OfAnotherForm_SaysBothForms()
    {
        using var one = new Parameter(tensor([1.0]));
        using var two = new Parameter(tensor([1.0]));
        using Adam single = optim.Adam([one]);
        using Adam pair = optim.Adam([one, two]);
        using SGD other = optim.SGD([one], 0.1);

        ArgumentException sizes = Assert.Throws<ArgumentException>(() => single.load_state_dict(pair.state_dict()));
        Assert.Contains("[2]", sizes.Message, StringComparison.Ordinal);
        Assert.Contains("[1]", sizes.Message, StringComparison.Ordinal);
        ArgumentException kinds = Assert.Throws<ArgumentException>(() => single.load_state_dict(other.state_dict()));
        Assert.Contains("SGD", kinds.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1, 0.9, 0.999, 1e-8, 0)]
    [InlineData(1, 1.0, 0.999, 1e-8, 0)]
    [InlineData(1, 0.9, -0.1, 1e-8, 0)]
    [InlineData(1, 0.9, 0.999, -1, 0)]
    [InlineData(1, 0.9, 0.999, 1e-8, -1)]
    public void Adam_WithANumberOutOfRange_IsRefused(double lr, double beta1, double beta2, double eps, double decay)
    {
        Assert.Throws<ArgumentOutOfRangeException>(
            () => optim.Adam(Array.Empty<Parameter>(), lr, beta1, beta2, eps, decay));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdamW.ParamGroup([], lr, beta1, beta2, eps, decay));
    }

    [Fact]
    public void Optimizer_MadeInAScopeAndMoved_KeepsItsStateUntilDisposed()
    {
        using var parameter = new Parameter(tensor([1.0]));
        long before = Tensor.TotalCount;
        SGD sgd;
        Adam adam;
        using (NewDisposeScope())
        {
            (sgd, adam) = (optim.SGD([parameter], 0.1, 0.9), optim.Adam([parameter], amsgrad: true));
            parameter.grad = tensor([1.0]);
            sgd.step();
            adam.step();
            sgd.to(CPU);
            adam.to(CPU);
        }
        Assert.Equal(before + 4, Tensor.TotalCount);

        sgd.Dispose();
        adam.Dispose();

        Assert.Equal(before, Tensor.TotalCount);
    }
}
