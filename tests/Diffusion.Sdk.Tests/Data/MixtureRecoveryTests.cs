using Diffusion.Sdk.Data;

namespace Diffusion.Sdk.Tests.Data;

public class MixtureRecoveryTests
{
    [Fact]
    public void Of_TruePoints_RecoversTheMixture()
    {
        float[] points = [.. GaussianMixture.Tutorial.Sample(20_000, 1).Cast<float>()];

        MixtureRecovery recovery = MixtureRecovery.Of(GaussianMixture.Tutorial, points);

        Assert.InRange(recovery.LargestFractionError, 0, 0.012);
        Assert.InRange(recovery.LargestMeanError, 0, 0.06);
        Assert.Equal(20_000, recovery.Components.Sum(component => component.Count));
        Assert.Equal(-0.7, recovery.Components[1].GetCovariance()[0, 1], 0.08);
    }

    [Fact]
    public void Of_FewPoints_CountsExactly()
    {
        MixtureRecovery recovery = MixtureRecovery.Of(GaussianMixture.Tutorial, [6, 6, 7, 6, 6, 8, -4, 5]);

        Assert.Equal([0, 3, 1], recovery.Components.Select(component => component.Count));
        Assert.Equal(0.75, recovery.Components[1].Fraction);
        Assert.Equal([19.0 / 3, 20.0 / 3], recovery.Components[1].Mean.ToArray(), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(-1.0 / 3, recovery.Components[1].GetCovariance()[0, 1], 1e-12);
        Assert.Equal(0, recovery.Components[2].MeanError, 1e-12);
        Assert.True(double.IsNaN(recovery.Components[2].GetCovariance()[0, 0]));
        Assert.True(double.IsNaN(recovery.LargestMeanError));
        Assert.Equal(0.75 - 1.0 / 3, recovery.LargestFractionError, 1e-12);
    }

    [Fact]
    public void Of_NoPointsOrHalfAPoint_SaysSo()
    {
        var none = Assert.Throws<ArgumentException>(() => MixtureRecovery.Of(GaussianMixture.Tutorial, []));
        var half = Assert.Throws<ArgumentException>(() => MixtureRecovery.Of(GaussianMixture.Tutorial, [1, 2, 3]));

        Assert.StartsWith(
            "0 numbers are no points of 2 dimensions; expected at least one point.",
            none.Message,
            StringComparison.Ordinal);
        Assert.StartsWith("3 numbers are no points of 2 dimensions", half.Message, StringComparison.Ordinal);
    }
}
