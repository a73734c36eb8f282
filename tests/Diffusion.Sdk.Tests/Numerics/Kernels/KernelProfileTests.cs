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
        Tensor x = ones(100_000), y = ones(100_000);
        using (var profile = new KernelProfile())
        {
            Combine();
            Combine();
            Assert.Equal(2, profile.Times["combine"].Calls);
            Assert.True(profile.Times["combine"].Seconds > 0);
            profile.Dispose();
            Combine();
            Assert.Equal(2, profile.Times["combine"].Calls);
        }
        using var later = new KernelProfile();
        Assert.DoesNotContain("combine", later.Times.Keys);

        void Combine() => Diffusion.Sdk.Numerics.Kernels.Combine(x, 1, y, 1, null, 0);
    });
}
