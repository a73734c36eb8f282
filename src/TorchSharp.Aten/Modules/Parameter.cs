using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>A tensor that a module learns.</summary>
public class Parameter : Tensor
{
    /// <summary>
    /// Makes a parameter of a tensor, whose handle it takes over: <paramref name="data"/> is unusable afterwards.
    /// </summary>
    /// <param name="data">Values.</param>
    /// <param name="requires_grad">Whether gradients are collected.</param>
    public Parameter(Tensor data, bool requires_grad = true)
        : base(Checked(data).DecoupleFromNativeHandle()) =>
        this.requires_grad = requires_grad;

    private static Tensor Checked(Tensor data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return data;
    }
}
