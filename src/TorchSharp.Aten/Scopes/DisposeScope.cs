using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>
/// Owns every tensor made on this thread while it is the innermost scope, and disposes them with itself, so that a
/// block frees its temporaries at its end: <c>using var scope = torch.NewDisposeScope();</c>. A result that outlives
/// the block is moved out with <c>MoveToOuterDisposeScope</c>. A scope belongs to the thread that opened it.
/// </summary>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic]
    private static DisposeScope? s_current;

    // Scopes open and close many times in every step, so that lists of ended ones serve again.
    private const int MostSpareLists = 16, MostSpareItems = 4096;

    [ThreadStatic]
    private static Stack<List<IDisposable>>? s_spareLists;

    private List<IDisposable> _items = (s_spareLists ??= new()).TryPop(out List<IDisposable>? spare) ? spare : [];
    private DisposeScope? _outer;
    private bool _disposed;

    internal DisposeScope()
    {
        _outer = s_current;
        s_current = this;
    }

    public int DisposablesCount => _items.Count;

    public IReadOnlyList<IDisposable> DisposablesView => [.. _items];

    internal static DisposeScope? Current => s_current;

    /// <summary>Takes over ownership, from another scope if one owns it.</summary>
    public void Attach(IDisposable disposable)
    {
        if (disposable is Tensor tensor)
        {
            tensor.Scope?.Remove(tensor);
            tensor.Scope = this;
            tensor.ScopeIndex = _items.Count;
        }
        else if (_items.Contains(disposable))
        {
            return;
        }
        _items.Add(disposable);
    }

    public void Attach(params IDisposable[] disposables)
    {
        foreach (IDisposable disposable in disposables)
        {
            Attach(disposable);
        }
    }

    public T MoveToOuter<T>(T disposable)
        where T : IDisposable
    {
        if (disposable is not null)
        {
            Move(disposable, _outer);
        }
        return disposable!;
    }

    public void MoveToOuter(params IDisposable[] disposables)
    {
        foreach (IDisposable disposable in disposables)
        {
            Move(disposable, _outer);
        }
    }

    public void MoveToOuter(IEnumerable<IDisposable> disposables) => MoveToOuter([.. disposables]);

    public T MoveToOther<T>(DisposeScope scope, T disposable)
        where T : IDisposable
    {
        Move(disposable, scope);
        return disposable;
    }

    public T Detach<T>(T disposable)
        where T : IDisposable
    {
        Move(disposable, null);
        return disposable;
    }

    public void Detach(params IDisposable[] disposables)
    {
        foreach (IDisposable disposable in disposables)
        {
            Move(disposable, null);
        }
    }

    public void Detach(IEnumerable<IDisposable> disposables) => Detach([.. disposables]);

    public bool Contains(IDisposable disposable) =>
        disposable is Tensor tensor ? tensor.Scope == this : _items.Contains(disposable);

    /// <summary>Disposes what the scope owns; the scope stays open.</summary>
    public void DisposeEverything()
    {
        // From the end, and each item leaves the list first: a Dispose that throws loses nothing else.
        while (_items.Count > 0)
        {
            IDisposable item = _items[^1];
            Remove(item);
            item.Dispose();
        }
    }

    public void DisposeEverythingBut(params IDisposable[] keep)
    {
        IDisposable[] kept = [.. keep.Where(Contains)];
        foreach (IDisposable item in kept)
        {
            Remove(item);
        }
        DisposeEverything();
        Attach(kept);
    }

    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep) => DisposeEverythingBut([.. inKeep]);

    public T DisposeEverythingBut<T>(T keep)
        where T : IDisposable
    {
        DisposeEverythingBut([keep]);
        return keep;
    }

    public void MarkAsDisposed(IDisposable disposable) => Remove(disposable);

    /// <summary>Disposes what the scope owns and makes the scope around it current again.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        try
        {
            DisposeEverything();
        }
        finally
        {
            Unlink();
        }
        if (_items.Capacity <= MostSpareItems && (s_spareLists ??= new()).Count < MostSpareLists)
        {
            s_spareLists.Push(_items);
            _items = []; // what is attached after the end must not reach the next owner
        }
    }

    internal void Remove(IDisposable disposable)
    {
        int index = disposable is not Tensor owned ? _items.IndexOf(disposable)
            : owned.Scope == this ? owned.ScopeIndex
            : -1;
        if (index < 0)
        {
            return;
        }
        // Order does not matter, so the last item takes the free place.
        IDisposable last = _items[^1];
        _items[index] = last;
        if (last is Tensor moved)
        {
            moved.ScopeIndex = index;
        }
        _items.RemoveAt(_items.Count - 1);
        if (disposable is Tensor removed)
        {
            removed.Scope = null;
        }
    }

    private void Move(IDisposable disposable, DisposeScope? scope)
    {
        Remove(disposable);
        scope?.Attach(disposable);
    }

    // Scopes usually end innermost first; one that ends early is taken out of the middle of the chain.
    private void Unlink()
    {
        if (s_current == this)
        {
            s_current = _outer;
            return;
        }
        for (DisposeScope? scope = s_current; scope is not null; scope = scope._outer)
        {
            if (scope._outer == this)
            {
                scope._outer = _outer;
                return;
            }
        }
    }
}
