using TorchSharp.Aten;
using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Operators;

public class OperatorProfileTests : TensorTest
{
    [Fact]
    public void Operators_CalledMeanwhileOnThisThread_AreCountedAndTimed()
    {
        Tensor a = ones([300, 300]), b = ones([300, 300]);
        using var profile = new OperatorProfile();

        a.mm(b);
        a.mm(b).add_(1);
        var other = new Thread(() => a.sub(b).Dispose());
        other.Start();
        other.Join();
        profile.Dispose();
        a.mul(b);

        Assert.Equal(["aten::add_", "aten::mm"], profile.Operators.Keys.Order());
        Assert.Equal(2, profile.Operators["aten::mm"].Calls);
        Assert.InRange(profile.Operators["aten::mm"].Total, TimeSpan.FromTicks(1), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Constructor_SecondOnTheThread_Throws()
    {
        using var profile = new OperatorProfile();
        Assert.Throws<InvalidOperationException>(() => new OperatorProfile());
    }
}
