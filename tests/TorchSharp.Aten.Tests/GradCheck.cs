using TorchSharp.Aten.Tests.Recorded;
using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests;

/// <summary>Gradients of autograd against central differences, in double precision.</summary>
internal static class GradCheck
{
    private const double Step = 1e-6;
    private const double Tolerance = 1e-7;

    /// <summary>
    /// Asserts that the gradients of sum(out * cos(0, 1, 2, ...)) are right for every element of every leaf.
    /// </summary>
    /// <param name="function">Makes the output anew from the leaves.</param>
    /// <param name="leaves">float64, with gradients on.</param>
    public static void Check(Func<Tensor> function, params IReadOnlyList<Tensor> leaves)
    {
        using DisposeScope scope = NewDisposeScope();
        IList<Tensor> gradients = autograd.grad([Weigh(function())], [.. leaves]);
        for (int leaf = 0; leaf < leaves.Count; leaf++)
        {
            double[] computed = RecordedTensor.Numbers(gradients[leaf]);
            for (int element = 0; element < computed.Length; element++)
            {
                double after = Moved(function, leaves[leaf], element, Step);
                double before = Moved(function, leaves[leaf], element, -Step);
                double expected = (after - before) / (2 * Step);
                Assert.True(Math.Abs(expected - computed[element]) <= Tolerance * Math.Max(1, Math.Abs(expected)),
                    $"Gradient of leaf {leaf}, element {element}: {computed[element]:R}, by differences {expected:R}");
            }
        }
    }

    // The loss with one element moved by a step.
    private static double Moved(Func<Tensor> function, Tensor leaf, int element, double step)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = no_grad();
        Tensor place = leaf.view(-1)[element];
        double before = place.item<double>();
        place.fill_(before + step);
        double loss = Weigh(function()).item<double>();
        place.fill_(before);
        return loss;
    }

    private static Tensor Weigh(Tensor output) =>
        output.mul(arange(output.NumberOfElements, dtype: ScalarType.Float64).cos().reshape(output.shape)).sum();
}
