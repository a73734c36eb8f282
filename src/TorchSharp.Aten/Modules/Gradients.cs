using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>What modules and optimizers do with gradients.</summary>
internal static class Gradients
{
    /// <summary>Drops a gradient, or fills it with zeros.</summary>
    public static void Clear(Parameter parameter, bool setToNone)
    {
        if (setToNone)
        {
            parameter.grad = null;
            return;
        }
        using Tensor? gradient = parameter.grad;
        if (gradient is not null)
        {
            using IDisposable guard = no_grad();
            gradient.zero_();
        }
    }
}
