using System.Reflection;
using TestSupport;
using TorchSharp.Aten;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Architecture;

// The SDK compiles against TorchSharp's packages as well as against our own layer: it may use only what both have.
public class TensorSeamTests
{
    [Theory]
    [InlineData("Diffusion.Sdk")]
    [InlineData("Diffusion.Sdk.Imaging")]
    public void Assembly_ByItsTensorLayerUse_UsesOnlyWhatTorchSharpHas(string name)
    {
        HashSet<string> listing = ApiListing.Load();

        string[] sideDoors = [.. TensorSeam.LinesUsedBy(Assembly.Load(name), typeof(Tensor).Assembly)
            .Where(line => !listing.Contains(line))];

        Assert.True(sideDoors.Length == 0,
            $"{name} uses what TorchSharp 0.105.0 does not have:\n{string.Join("\n", sideDoors)}");
    }

    [Fact]
    public void Scan_OfThisAssembly_FindsEveryKindOfUse()
    {
        SortedSet<string> used = TensorSeam.LinesUsedBy(typeof(TensorSeamTests).Assembly, typeof(Tensor).Assembly);

        Assert.Contains("M public static IDisposable torch.no_grad()", used);
        Assert.Contains("M long[] torch.Tensor.shape { get; }", used);
        Assert.Contains("M public abstract TResult torch.nn.Module<T, TResult>.forward(T input)", used);
        Assert.Contains("M public abstract TResult torch.nn.IModule<T, TResult>.call(T input1)", used);
        Assert.Contains("T class TorchSharp.Modules::Parameter : torch.Tensor", used);
        Assert.Contains("M public T torch.Tensor.item<T>()", used);
    }

    [Fact]
    public void Scan_OfASideDoor_FindsWhatTorchSharpLacks()
    {
        HashSet<string> listing = ApiListing.Load();

        SortedSet<string> used = TensorSeam.LinesUsedBy(typeof(TensorSeamTests).Assembly, typeof(Tensor).Assembly);

        Assert.Contains(
            used, line => line.Contains(nameof(TorchRuntime), StringComparison.Ordinal) && !listing.Contains(line));
    }

    private static class SideDoor
    {
        public static string Open() => TorchRuntime.Describe();
    }

    private sealed class EveryKindOfUse() : nn.Module<Tensor, Tensor>("uses")
    {
        public TorchSharp.Modules.Parameter? Field { get; set; }

        public override Tensor forward(Tensor input)
        {
            using IDisposable guard = no_grad();
            nn.IModule<Tensor, Tensor> inner = this;
            return input.shape.Length > 5 && input.item<float>() > 0 ? inner.call(input) : input;
        }
    }
}
