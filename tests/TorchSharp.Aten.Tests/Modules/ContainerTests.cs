using TorchSharp.Aten.Tests.Recorded;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Modules;

public class ContainerTests : TensorTest
{
    [Fact]
    public void Sequential_Forward_FreesWhatLiesBetween()
    {
        using Sequential net = nn.Sequential(nn.Linear(2, 3), nn.SiLU(), nn.Linear(3, 1));
        Tensor input = ones(1, 2);
        using IDisposable guard = no_grad();
        net.call(input).Dispose();
        long before = Tensor.TotalCount;

        using Tensor output = net.call(input);

        Assert.Equal(before + 1, Tensor.TotalCount);
        Assert.False(input.IsInvalid);
    }

    [Fact]
    public void Sequential_OfInPlaceModules_KeepsItsInputUsable()
    {
        using Sequential net = nn.Sequential(
            nn.ReLU(inplace: true), nn.Identity(), nn.SiLU(inplace: true), nn.Tanh(inplace: true));
        Tensor input = tensor([-1.0, 2.0]);

        Tensor output = net.call(input);

        Assert.False(input.IsInvalid);
        Assert.Equal(RecordedTensor.Numbers(input), RecordedTensor.Numbers(output));
        Assert.Equal(0, output[0].item<double>());
    }

    [Fact]
    public void Sequential_Empty_GivesBackTheInputUnderItsOwnHandle()
    {
        using Sequential net = nn.Sequential();
        Tensor input = ones(2);

        net.call(input).Dispose();

        Assert.False(input.IsInvalid);
    }

    [Fact]
    public void Sequential_MadeEveryWay_HasTheSameModules()
    {
        using Sequential named = nn.Sequential(("a", nn.ReLU()), ("b", nn.Tanh()));
        using Sequential listed = nn.Sequential(new List<nn.Module<Tensor, Tensor>> { nn.ReLU(), nn.Tanh() });
        using Sequential namedList = nn.Sequential(new List<(string, nn.Module<Tensor, Tensor>)> { ("a", nn.ReLU()) });
        using Sequential appended = nn.Sequential().append(nn.ReLU()).append("b", nn.Tanh());

        Assert.Equal(["a", "b"], named.named_children().Select(c => c.name));
        Assert.Equal(["0", "1"], listed.named_children().Select(c => c.name));
        Assert.Equal(["a"], namedList.named_children().Select(c => c.name));
        Assert.Equal(["0", "b"], appended.named_children().Select(c => c.name));
        Assert.Equal(2, appended.Count);
        Assert.IsType<Tanh>(appended[1]);
    }

    [Fact]
    public void ModuleList_Changed_KeepsNamesInOrder()
    {
        using ModuleList<Linear> list = nn.ModuleList(nn.Linear(1, 1), nn.Linear(1, 2));
        Linear third = nn.Linear(1, 3);
        list.Add(third);
        list.append(nn.Linear(1, 4));
        list.extend([nn.Linear(1, 5)]);
        Linear first = list[0];
        Assert.True(list.Remove(first));
        Linear second = list[0];
        list.RemoveAt(0);
        list.Insert(0, first);
        list[1] = third;

        Assert.Equal([1, 3, 4, 5], list.Select(linear => linear.out_features));
        Assert.Equal(["0.weight", "0.bias", "1.weight", "1.bias"], list.named_parameters().Take(4).Select(p => p.name));
        Assert.Equal(1, list.IndexOf(third));
        Assert.True(list.Contains(third) && !list.Contains(second) && !list.IsReadOnly);
        var copy = new Linear[4];
        list.CopyTo(copy, 0);
        Assert.Same(first, copy[0]);
        second.Dispose();
    }

    [Fact]
    public void ModuleList_Cleared_OwnsNothing()
    {
        Linear linear = nn.Linear(1, 1);
        using (ModuleList<nn.Module> list = nn.ModuleList(linear, nn.ReLU()))
        {
            list.Clear();
            Assert.Empty(list);
        }
        Assert.False(linear.weight.IsInvalid);
        linear.Dispose();
    }
}
