using Diffusion.Sdk.Denoisers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Denoisers;

/// <summary>Catches what inner modules of a U-Net make, by their names in recorded tensors.</summary>
internal sealed class Intermediates : IDisposable
{
    private readonly List<Action> _removers = [];

    public Intermediates(UNet2DModel unet, string prefix, IEnumerable<string> names)
    {
        Dictionary<string, nn.Module> modules =
            unet.named_modules().ToDictionary(named => named.name, named => named.module);
        foreach (string name in names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            string own = name[prefix.Length..];
            _removers.Add(modules[own] switch
            {
                nn.Module<Tensor, Tensor> module =>
                    module.register_forward_hook((_, _, result) => Keep(own, result)).remove,
                nn.Module<Tensor, UNetSignal, Tensor> module =>
                    module.register_forward_hook((_, _, _, result) => Keep(own, result)).remove,
                _ => throw new InvalidOperationException($"{own} is a {modules[own].GetName()}."),
            });
        }
        Expected = _removers.Count;
    }

    /// <summary>What was made, by the module's name.</summary>
    public Dictionary<string, Tensor> Seen { get; } = [];

    public int Expected { get; }

    public void Dispose()
    {
        _removers.ForEach(remove => remove());
        foreach (Tensor tensor in Seen.Values)
        {
            tensor.Dispose();
        }
        Assert.Equal(Expected, Seen.Count);
    }

    private Tensor Keep(string name, Tensor result)
    {
        if (!Seen.ContainsKey(name)) // the first call's
        {
            Seen[name] = result.clone().DetachFromDisposeScope();
        }
        return result;
    }
}
