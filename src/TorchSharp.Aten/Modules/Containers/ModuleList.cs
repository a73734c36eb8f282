using System.Collections;
using System.Globalization;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>A list of submodules, registered as "0", "1", ...</summary>
public class ModuleList<T> : nn.Module, IList<T>
    where T : nn.Module
{
    private readonly List<T> _modules = [];

    /// <summary>Makes a list of the given modules, which it owns from now on.</summary>
    public ModuleList(params T[] modules)
        : base(nameof(ModuleList<>)) =>
        append(modules);

    /// <summary>Number of modules.</summary>
    public int Count => _modules.Count;

    /// <summary>false: the list can change.</summary>
    public bool IsReadOnly => false;

    /// <summary>The module at a place; one that is replaced is not disposed.</summary>
    public T this[int index]
    {
        get => _modules[index];
        set
        {
            _modules[index] = value;
            Renumber();
        }
    }

    /// <summary>Adds modules at the end.</summary>
    public void append(params T[] parameters) => extend(parameters);

    /// <summary>Adds modules at the end.</summary>
    public void extend(IEnumerable<T> modules)
    {
        _modules.AddRange(modules);
        Renumber();
    }

    /// <summary>Adds a module at the end.</summary>
    public void Add(T item) => append(item);

    /// <summary>Puts a module in at a place.</summary>
    public void Insert(int index, T item)
    {
        _modules.Insert(index, item);
        Renumber();
    }

    /// <summary>Takes a module out without disposing it.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(T item)
    {
        bool found = _modules.Remove(item);
        Renumber();
        return found;
    }

    /// <summary>Takes the module at a place out without disposing it.</summary>
    public void RemoveAt(int index)
    {
        _modules.RemoveAt(index);
        Renumber();
    }

    /// <summary>Takes all modules out without disposing them.</summary>
    public void Clear()
    {
        _modules.Clear();
        Renumber();
    }

    /// <summary>Whether a module is in the list.</summary>
    public bool Contains(T item) => _modules.Contains(item);

    /// <summary>Place of a module, or -1.</summary>
    public int IndexOf(T item) => _modules.IndexOf(item);

    /// <summary>Copies the modules' references.</summary>
    public void CopyTo(T[] array, int arrayIndex) => _modules.CopyTo(array, arrayIndex);

    /// <summary>Goes through the modules in order.</summary>
    public IEnumerator<T> GetEnumerator() => _modules.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Does nothing: every change of the list registers its modules.</summary>
    protected override void RegisterComponents()
    {
    }

    private void Renumber()
    {
        ClearModules();
        for (int k = 0; k < _modules.Count; k++)
        {
            register_module(k.ToString(CultureInfo.InvariantCulture), _modules[k]);
        }
    }
}
