using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests;

/// <summary>
/// Base of tests that make tensors: each runs in a dispose scope and must leave no native tensor behind.
/// </summary>
public abstract class TensorTest : IDisposable
{
    private readonly long _before = Tensor.TotalCount;
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        Assert.Equal(_before, Tensor.TotalCount);
        GC.SuppressFinalize(this);
    }
}
