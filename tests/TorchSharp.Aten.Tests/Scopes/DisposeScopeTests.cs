using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Scopes;

public class DisposeScopeTests
{
    [Fact]
    public void Dispose_TensorsMadeInside_AreFreed()
    {
        long before = Tensor.TotalCount;
        Tensor inside;
        using (NewDisposeScope())
        {
            inside = zeros(3) + 1;
            Assert.Equal(before + 2, Tensor.TotalCount);
        }
        Assert.True(inside.IsInvalid);
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void MoveToOuter_Nested_OutlivesInnerOnly()
    {
        long before = Tensor.TotalCount;
        using (NewDisposeScope())
        {
            Tensor kept;
            using (NewDisposeScope())
            {
                kept = (zeros(3) + 1).MoveToOuterDisposeScope();
            }
            Assert.False(kept.IsInvalid);
            Assert.Equal(before + 1, Tensor.TotalCount);
        }
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Attach_ToAnEndedScope_DoesNotReachTheNextOne()
    {
        DisposeScope ended = NewDisposeScope();
        ended.Dispose();
        using Tensor late = zeros(1);
        ended.Attach(late);

        using (DisposeScope next = NewDisposeScope())
        {
            Assert.Equal(0, next.DisposablesCount);
        }

        Assert.False(late.IsInvalid);
    }

    [Fact]
    public void Dispose_ItemThatOpensScopes_DisposesAll()
    {
        long before = Tensor.TotalCount;
        IReadOnlyList<IDisposable> view;
        using (DisposeScope scope = NewDisposeScope())
        {
            _ = zeros(1);
            scope.Attach(new Opener());
            _ = zeros(1);
            view = scope.DisposablesView;
        }
        using (NewDisposeScope())
        {
            _ = zeros(1);
            Assert.Equal(3, view.Count);
        }
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Dispose_ItemThatThrows_EndsTheScopeAllTheSame()
    {
        DisposeScope? outer = CurrentDisposeScope;
        DisposeScope scope = NewDisposeScope();
        scope.Attach(new Thrower());

        Assert.Throws<InvalidOperationException>(scope.Dispose);

        Assert.Same(outer, CurrentDisposeScope);
    }

    [Fact]
    public void Detach_FromScope_IsLeftToTheCaller()
    {
        long before = Tensor.TotalCount;
        Tensor kept;
        using (NewDisposeScope())
        {
            kept = zeros(3).DetachFromDisposeScope();
        }
        Assert.Equal(before + 1, Tensor.TotalCount);
        kept.Dispose();
        kept.Dispose();
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Dispose_OutOfOrder_KeepsTheChain()
    {
        using DisposeScope outer = NewDisposeScope();
        DisposeScope middle = NewDisposeScope();
        using (DisposeScope inner = NewDisposeScope())
        {
            middle.Dispose();
            Assert.Same(inner, CurrentDisposeScope);
        }
        Assert.Same(outer, CurrentDisposeScope);
    }

    [Fact]
    public void DisposeEverythingBut_KeepsOnlyTheNamed()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor kept = zeros(2);
        Tensor gone = zeros(2);
        scope.DisposeEverythingBut(kept);
        Assert.False(kept.IsInvalid);
        Assert.True(gone.IsInvalid);
        Assert.Equal(1, scope.DisposablesCount);
    }

    [Fact]
    public void Scopes_OnTwoThreads_AreIndependent()
    {
        using DisposeScope scope = NewDisposeScope();
        DisposeScope? seen = scope;
        var thread = new Thread(() => seen = CurrentDisposeScope);
        thread.Start();
        thread.Join();
        Assert.Null(seen);
    }

    [Fact]
    public void Use_AfterDispose_SaysSo()
    {
        Tensor tensor = zeros(2);
        tensor.Dispose();
        ObjectDisposedException error = Assert.Throws<ObjectDisposedException>(() => tensor + 1);
        Assert.Contains("disposed", error.Message);
    }

    private sealed class Opener : IDisposable
    {
        public void Dispose()
        {
            using DisposeScope scope = NewDisposeScope();
            _ = zeros(2) + 1;
        }
    }

    private sealed class Thrower : IDisposable
    {
        public void Dispose() => throw new InvalidOperationException();
    }
}
