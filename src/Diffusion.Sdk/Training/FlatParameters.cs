using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Training;

/// <summary>
/// The trainable parameters of a module side by side in one buffer, their gradients in another: the module's parameters
/// become views, so that an optimizer step, an average or a norm is a handful of operators whatever the number of
/// layers. The views outlive this object; it only holds the buffers by their flat names. P: number of trainable values.
/// </summary>
internal sealed class FlatParameters : IDisposable
{
    private readonly nn.Module _module;
    private readonly Tensor[] _gradients; // views of Gradient in the parameters' shapes

    /// <summary>Lays the parameters out. Their values do not change; gradients start at 0.</summary>
    /// <exception cref="ArgumentException">
    /// Nothing is trainable, or the parameters are of several types or on several devices.
    /// </exception>
    public FlatParameters(nn.Module module)
    {
        _module = module;
        (string Name, Parameter Value)[] all = [.. module.named_parameters()];
        (string Name, Parameter Value)[] trainable = [.. all.Where(named => named.Value.requires_grad)];
        CheckAlike(trainable);
        using IDisposable withoutGradients = no_grad();
        using var scope = NewDisposeScope();
        Values = cat([.. trainable.Select(named => named.Value.detach().reshape(-1))]).DetachFromDisposeScope();
        Gradient = zeros_like(Values).DetachFromDisposeScope();
        _gradients = new Tensor[trainable.Length];
        long start = 0;
        for (int k = 0; k < trainable.Length; k++)
        {
            Parameter parameter = trainable[k].Value;
            (long size, long[] shape) = (parameter.NumberOfElements, parameter.shape);
            parameter.grad = null;
            parameter.set_(Values.narrow(0, start, size).view(shape));
            _gradients[k] = Gradient.narrow(0, start, size).view(shape).DetachFromDisposeScope();
            parameter.grad = _gradients[k]; // backward adds to a gradient that is there
            start += size;
        }
        Trainable = trainable;
        Frozen = [.. all.Where(named => !named.Value.requires_grad)];
    }

    /// <summary>All trainable values, [P].</summary>
    public Tensor Values { get; }

    /// <summary>Their gradients, [P], in the same order: the parameters have views of them.</summary>
    public Tensor Gradient { get; }

    /// <summary>The trainable parameters, in the order of the buffers.</summary>
    public IReadOnlyList<(string Name, Parameter Value)> Trainable { get; }

    /// <summary>Parameters that are not trained, which stay where they were.</summary>
    public IReadOnlyList<(string Name, Parameter Value)> Frozen { get; }

    /// <summary>
    /// Takes the gradients off the parameters and frees the buffers' names; the parameters keep their values.
    /// </summary>
    public void Dispose()
    {
        foreach ((_, Parameter parameter) in Trainable)
        {
            if (!parameter.IsInvalid)
            {
                parameter.grad = null;
            }
        }
        Array.ForEach(_gradients, gradient => gradient.Dispose());
        Values.Dispose();
        Gradient.Dispose();
    }

    private void CheckAlike((string Name, Parameter Value)[] trainable)
    {
        if (trainable.Length == 0)
        {
            throw new ArgumentException($"{_module.GetName()} has no trainable parameters.");
        }
        Parameter first = trainable[0].Value;
        foreach ((string name, Parameter value) in trainable)
        {
            if (value.dtype != first.dtype || value.device.ToString() != first.device.ToString())
            {
                throw new ArgumentException(
                    $"The parameters of {_module.GetName()} must be of one type on one device, but " +
                    $"{trainable[0].Name} is {first.dtype} on {first.device} and {name} is {value.dtype} on " +
                    $"{value.device}.");
            }
        }
    }
}
