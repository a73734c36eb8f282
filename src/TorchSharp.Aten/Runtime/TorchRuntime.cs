using TorchSharp.Interop;

namespace TorchSharp.Aten;

/// <summary>What the libtorch in use is; ours alone, not TorchSharp's.</summary>
public static class TorchRuntime
{
    /// <summary>libtorch's own account of its build and its threads: version, BLAS, OpenMP, capabilities.</summary>
    public static unsafe string Describe() => Bridge.TakeText(Bridge.ab_show_config());
}
