using Diffusion.Sdk.Numerics;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Numerics.Kernels;

public sealed class KernelProfileTests : KernelTest
{
    [Theory]
    [MemberData(nameof(Variants))]
    public void Kernels_Called_AreCountedWhileAskedFor(string variant) => With(variant, () =>
    {
        using var scope = NewDisposeScope();
        Tensor x = ones(100), y = ones(100);
        using (new KernelProfile())
        {
            Combine();
            Combine();
            Assert.Equal(2, KernelProfile.Kernels["combine"].Calls);
            Assert.True(KernelProfile.Kernels["combine"].Total > TimeSpan.Zero);
        }
        Combine();
        Assert.Equal(2, KernelProfile.Kernels["combine"].Calls);
        using (new KernelProfile())
        {
            Assert.DoesNotContain("combine", KernelProfile.Kernels.Keys);
        }

        void Combine() => Diffusion.Sdk.Numerics.Kernels.Combine(x, 1, y, 1, null, 0);
    });
}
