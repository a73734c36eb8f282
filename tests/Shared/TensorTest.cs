using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests;

/// <summary>
/// Base of tests that make tensors: a scope disposes what the test made itself, and at the end the count of live
/// tensors must be what it was.
/// </summary>
public abstract class TensorTest : IDisposable
{
    private readonly long _before = Tensor.TotalCount;
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        GC.SuppressFinalize(this);
        Assert.Equal(_before, Tensor.TotalCount);
    }
}
