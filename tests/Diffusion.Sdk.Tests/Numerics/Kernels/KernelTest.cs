using Diffusion.Sdk.Numerics;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Numerics.Kernels;

/// <summary>Tests that change the variant for the whole process run when no others do.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class KernelsAlone
{
    public const string Name = "kernels";
}

/// <summary>One variant for a test, and the one from before behind it.</summary>
[Collection(KernelsAlone.Name)]
public abstract class KernelTest : TensorTest
{
    /// <summary>All variants that this machine runs; where there is no library, none is tested.</summary>
    public static TheoryData<string> Variants => [.. Diffusion.Sdk.Numerics.Kernels.Variants];

    internal static void With(string? variant, Action work) => With(variant, () =>
    {
        work();
        return true;
    });

    internal static T With<T>(string? variant, Func<T> work)
    {
        string? before = Diffusion.Sdk.Numerics.Kernels.Variant;
        Diffusion.Sdk.Numerics.Kernels.Use(variant);
        try
        {
            return work();
        }
        finally
        {
            Diffusion.Sdk.Numerics.Kernels.Use(before);
        }
    }

    internal static Tensor Normal(long seed, double mean, double deviation, params long[] shape)
    {
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        new PhiloxStreams(seed).Normal(RandomPurpose.Data, 0, 1, 0, values);
        return tensor(values, shape).mul_(deviation).add_(mean);
    }

    /// <summary>The greatest difference, of the greatest expected value.</summary>
    internal static double Error(Tensor expected, Tensor actual)
    {
        using var scope = NewDisposeScope();
        Tensor exact = expected.detach().to_type(ScalarType.Float64);
        double difference = (actual.detach().to_type(ScalarType.Float64) - exact).abs().max().item<double>();
        return difference / exact.abs().max().item<double>();
    }
}
