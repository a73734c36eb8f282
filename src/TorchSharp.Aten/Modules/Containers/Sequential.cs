using System.Globalization;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Modules one after the other; each result is freed once the next module has used it.</summary>
public class Sequential : nn.Module<Tensor, Tensor>
{
    private readonly List<nn.IModule<Tensor, Tensor>> _modules = [];

    /// <summary>Makes a chain of named modules, which it owns from now on.</summary>
    protected internal Sequential(params (string name, nn.Module<Tensor, Tensor> submodule)[] modules)
        : base(nameof(Sequential))
    {
        ArgumentNullException.ThrowIfNull(modules);
        foreach ((string name, nn.Module<Tensor, Tensor> submodule) in modules)
        {
            append(name, submodule);
        }
    }

    /// <summary>Makes a chain of modules named "0", "1", ..., which it owns from now on.</summary>
    protected internal Sequential(params nn.Module<Tensor, Tensor>[] modules)
        : base(nameof(Sequential))
    {
        ArgumentNullException.ThrowIfNull(modules);
        foreach (nn.Module<Tensor, Tensor> submodule in modules)
        {
            append(submodule);
        }
    }

    /// <summary>Number of modules.</summary>
    public int Count => _modules.Count;

    /// <summary>The module at a place.</summary>
    [IndexerName("SequentialItems")]
    public nn.IModule<Tensor, Tensor> this[int index] => _modules[index];

    /// <summary>Adds a module at the end under its place's number.</summary>
    /// <returns>This chain.</returns>
    public Sequential append(nn.IModule<Tensor, Tensor> module) =>
        append(_modules.Count.ToString(CultureInfo.InvariantCulture), module);

    /// <summary>Adds a module at the end under a name.</summary>
    /// <returns>This chain.</returns>
    public Sequential append(string name, nn.IModule<Tensor, Tensor> module)
    {
        register_module(name, (nn.Module)module);
        _modules.Add(module);
        return this;
    }

    /// <summary>Runs the modules in order.</summary>
    public override Tensor forward(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        Tensor current = tensor;
        foreach (nn.IModule<Tensor, Tensor> module in _modules)
        {
            Tensor next = module.call(current);
            // A module that works in place gives back its own input.
            if (!ReferenceEquals(current, tensor) && !ReferenceEquals(current, next))
            {
                current.Dispose();
            }
            current = next;
        }
        return _modules.Count == 0 ? tensor.alias() : current;
    }
}
